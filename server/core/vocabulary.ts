/**
 * The words the classifier knows, by group. Structure says more than words do, so the lists are short, and what they name
 * is kinds of work (rename, prove, design) and kinds of trouble (races, leaks), not technologies. English first; the most
 * common words of other languages that people write to an assistant in stand beside them. A phrase is written with its
 * spaces; a word also matches its plural and its -ed and -ing forms.
 */
export const wordGroups = {
  // What is asked for. The first of these in a question names its kind.
  rename: "rename, umbenennen, renombra, renombrar, renommer, renomme, renomear, переименуй, переименовать",
  document:
    "docstring, jsdoc, javadoc, docblock, tsdoc, rustdoc, doc comment, add comments, add comment, add a comment, write a comment, comment this, inline comments, annotate, document this, document the, document each, document every, write documentation, add documentation, type hints, type annotations, readme, kommentiere, dokumentiere, documente, documenta, комментарий, комментарии",
  format:
    "format, reformat, indent, indentation, lint, prettier, typo, typos, spelling, grammar mistake, sort imports, organize imports, unused imports, unused import, unused variable, semicolon, whitespace, trailing comma, console log, print statement, log line, formatiere, tippfehler",
  explain:
    "explain, explanation, describe, summarize, summarise, summary, tldr, walk me, what does, what do, what's this, understand, erkläre, erklär, erklären, explica, explique, expliquer, explicar, spiega, объясни, объясните",
  define:
    "what is, what are, what's, difference between, meaning of, mean, means, example of, when should, was ist, qué es, qu'est, which http, which status, which type, which setting",
  howto:
    "how do, how to, how can, how would, syntax for, syntax, which method, which command, shortcut, wie kann, wie mache, cómo, comment faire, как",
  message:
    "commit message, pull request description, pr description, pr title, changelog, release note, branch name, variable name, function name, better name, name for, suggest a name, commit-nachricht",
  pattern:
    "regex, regexp, regular expression, glob pattern, cron expression, format string, one liner, oneliner, snippet, boilerplate, getter, setter, constructor, stub, mock data, dummy data, sample data, fixture data, enum, dockerfile, gitignore, yaml, css, html, center a, placeholder",
  test: "unit test, unit tests, test case, test cases, write a test, write tests, add a test, add tests, test for, tests for, jest, pytest, vitest, spec for, komponententest, unittest, pruebas, test unitaire, тест, тесты",
  convert:
    "convert, translate, rewrite as, rewrite this, turn this, change this, transform, into a, to an arrow, list comprehension, async await, ternary, template literal, f string, umwandeln, convierte, convertir",
  fix: "fix, correct, repair, solve, resolve, make it work, get rid, behebe, beheben, repariere, corrige, arregla, corriger, исправь, исправить",
  write:
    "write, create, add, generate, make, give me, show me, schreibe, schreib, erstelle, escribe, crea, écris, ajoute, füge, напиши, добавь, complete, finish, need a, want a, like a",
  edit: "change, set, replace, remove, delete, use, swap, bump, update, wrap, inline, put, append, insert, toggle, hide, disable, enable, increase, decrease, reorder, comment out, uncomment, sort, ändere, entferne, ersetze, cambia, quita, elimina, remplace, supprime, измени, удали, замени",
  implement:
    "implement, implementation, build, develop, from scratch, implementiere, implementa, implémente, entwickle, реализуй",
  refactor:
    "refactor, restructure, reorganize, reorganise, decouple, untangle, rework, rearchitect, redesign, modularize, modularise, split into, break up, break this, clean up, consolidate, deduplicate, extract common, move all, refaktorisiere, refactoriza, рефакторинг",
  design:
    "design, architect, architecture, architectural, data model, system design, propose, proposal, strategy, plan for, trade offs, tradeoffs, trade off, tradeoff, pros and, approach for, approaches, should we, which approach, adr, rfc, roadmap, entwirf, entwerfe, entwurf, architektur, diseña, diseño, arquitectura, concevoir, conçois, спроектируй, архитектура, structure the, compare, recommend, best way to structure, how should we, how would you, what would the, schema for, model the, abstraction, abstractions, layering, domain model, bounded context, extensible, extensibility, evolve, plugin architecture, state management, separation of, hexagonal, blueprint, стратегию, архитектуру, спроектировать",
  review:
    "review, audit, assess, evaluate, critique, find bugs, find any, find all, look for, go through, check whether, überprüfe, prüfe, revisa, проверь, find all the, holes, weaknesses, is it safe, is this safe, safe to, smell, smells, code smells, what could go, проверить, проверка",
  optimize:
    "optimize, optimise, optimization, optimisation, speed up, make it faster, faster, reduce memory, reduce latency, reduce allocations, improve performance, too slow, slow, optimiere, optimiza, optimiser, оптимизируй, reduce the allocations, reduce allocations, throughput, vectorize, parallelize, bring down, cut the, save memory, hot path, too much memory, too many queries, ускорь, оптимизировать",
  prove:
    "prove, proof, provably, formally, linearizable, linearizability, invariant, invariants, induction, derive, derivation, show that, correctness, sound, soundness, counterexample, amortized, amortised, lower bound, upper bound, tight bound, worst case, time complexity, space complexity, asymptotic, np hard, np complete, termination, undecidable, beweise, beweis, demuestra, prouve, докажи, formal proof, formal verification, formally verify, prove that, theorem, lemma, correctness proof, stay correct, remain correct, still correct, is it correct, is this correct, always terminates, terminates, complexity analysis, recurrence, master theorem, корректность, доказать, сложность, or nonexistence, no comparison, impossible",
  migrate:
    "migrate, migration, port, upgrade, move from, replace our, switch from, transition from, rewrite the, rewrite our, rewrite in, migriere, migrar, migrer, мигрировать, move us, get rid of our, replace all, eliminate our",
  investigate:
    "why, cause, causes, causing, root cause, reason, debug this, debug the, debug my, debug why, diagnose, investigate, troubleshoot, figure out, track down, find the bug, what's wrong, what is wrong, what could, warum, wieso, weshalb, por qué, pourquoi, почему, how come, how can that, how could, where could, where does, what happens if, what would happen, could this, can this ever, is it possible, explain why, tell me why, por que, pourquoi est, отчего, зачем",

  // What it is about.
  concurrency:
    "race condition, race conditions, race, races, racy, data race, deadlock, livelock, starvation, mutex, lock free, lockfree, wait free, semaphore, atomics, memory ordering, memory order, acquire release, happens before, memory barrier, memory model, concurrency, concurrent, concurrently, thread safe, thread safety, threads, multithreaded, multi threaded, goroutine, goroutines, goroutine leak, synchronization, synchronisation, critical section, double checked, compare and swap, cas loop, aba problem, event loop, unhandled rejection, reentrancy, reentrant, interleaving, interleave, nebenläufigkeit, wettlaufsituation, verklemmung, concurrencia, condición de carrera, interblocage, гонка, lock contention, contention, shared state, shared mutable, in parallel, parallelize, parallelise, parallel, global lock, readers and writers, producer consumer, producers, worker pool, thread pool, two workers, two threads, two requests, multiple threads, mehrere threads, гонки, взаимная блокировка",
  distributed:
    "distributed, consensus, raft, paxos, quorum, exactly once, at least once, idempotent, idempotency, eventual consistency, eventually consistent, consistency model, serializable, isolation level, snapshot isolation, two phase, saga, outbox, split brain, partition tolerance, replication, sharding, shard, leader election, vector clock, crdt, crdts, backpressure, failover, event sourcing, cqrs, multi region, multi tenant, multi tenancy, zero downtime, service mesh, microservices, rate limiter, cache invalidation, verteilt, verteiltes, sistema distribuido, système distribué, leader, follower, ack, acknowledgement, network partition, rebalance, rebalancing, kafka, message ordering, deduplication, clock skew, read your writes, conflict resolution, offline first, offline sync, cross region, regions, tenants, event driven, message queue, dead letter, transactional",
  security:
    "vulnerability, vulnerabilities, vulnerable, security, exploit, exploitable, attack, attacker, attack surface, threat model, threat, xss, csrf, ssrf, sql injection, injection, path traversal, timing attack, side channel, privilege escalation, sandbox escape, authentication bypass, auth bypass, authorization, deserialization, prototype pollution, toctou, cryptographic, cryptography, constant time, key rotation, untrusted, sicherheit, sicherheitslücke, sicherheitslücken, seguridad, vulnerabilidad, sécurité, безопасность, уязвимость, secure, securely, bypass, bypasses, escape the, hijack, impersonate, csp, cors policy, oauth flow, token theft, replay attack, secrets, malicious, hostile, sanitize, permissions model, уязвимости, уязвимостей, безопасности, sicherheitsprüfung, vulnerabilidades, vulnérabilité, vulnérabilités, faille, crypto, nonce, nonces, enumeration, replay, tokens leak, see another, another user's, other users, another tenant",
  performance:
    "performance, throughput, latency, bottleneck, profiler, profiling, profile, hot path, cache miss, cache misses, cache locality, simd, vectorize, vectorized, allocation, allocations, gc pressure, garbage collection, n plus, query plan, full table, p99, tail latency, benchmark, scalability, scales, big o, quadratic, exponential, memory usage, leistung, rendimiento, scale to, requests per, per second, gc pauses, zero copy, memory footprint, working set, hot loop, inner loop, cpu bound, io bound, queries per, n queries, slow query, p95, p50, p90, slower, gets slow, blowup, explode, explodes",
  types:
    "generics, generic type, type inference, infer, conditional type, conditional types, mapped type, mapped types, variance, covariant, contravariant, covariance, invariance, higher kinded, type level, excessively deep, discriminated union, overload resolution, borrow checker, lifetimes, lifetime, trait bound, trait bounds, object safety, associated type, gat, sfinae, template metaprogramming, monad transformer, type class, typeclass, existential type, dependent type, phantom type, type system, type error, type errors, typfehler, not assignable, inference, inferred, variadic, type safe, typesafe, type safety, recursive type, recursive types, generic constraint, generic constraints, type parameter, type parameters, collapses to, narrowing, phantom, polymorphism, polymorphic, вывод типов",
  memory:
    "memory leak, leak, leaks, leaking, segfault, segmentation fault, use after, double free, heap corruption, buffer overflow, undefined behavior, undefined behaviour, dangling, data corruption, corrupted, corruption, corrupts, stack overflow, out of memory, oom, memory safety, unsafe code, speicherleck, fuga de memoria, fuite mémoire, утечка, heap grows, heap keeps, heap usage, rss, retained, memory grows, memory keeps, memory corruption, invalid memory, address sanitizer, asan, valgrind, утечку, утечки, памяти",
  algorithm:
    "algorithm, dynamic programming, shortest path, max flow, min cut, minimum cut, maximum flow, segment tree, fenwick, suffix array, suffix automaton, suffix tree, red black, avl tree, b tree, skip list, splay, convex hull, topological order, strongly connected, bipartite, matching problem, traveling salesman, knapsack, np, backtracking, branch and, bitmask, minimax, alpha beta, monte carlo, gradient descent, backpropagation, fft, fourier, number theory, modular inverse, primality, rabin, consistent hashing, hyperloglog, bloom filter, lru eviction, scheduling problem, constraint solver, sat solver, unification, type checker, compiler, interpreter, virtual machine, bytecode, garbage collector, jit, allocator, memory allocator, parser generator, recursive descent, pratt parser, lexer, parser with, parser for, write a parser, error recovery, incremental parser, incremental, regex engine, query planner, query optimizer, storage engine, write ahead, lsm tree, mvcc, transaction manager, operational transform, collaborative editing, text crdt, diff algorithm, merge algorithm, three way, ray tracer, raytracer, path tracer, physics engine, collision detection, kalman filter, quaternion, numerically stable, numerical stability, floating point error, eigenvalue, interior point, simplex method, scheduler, work stealing, ring buffer, algorithmus, algoritmo, algorithme, алгоритм, fibonacci heap, dijkstra, bellman ford, floyd, union find, interval tree, quadtree, octree, k d, r tree, hash table, hash map, lock table, cost based, join order, query engine, spreadsheet, dependency graph, topological sort, constraint satisfaction, verifier, model checker, symbolic, theorem, smt, text editor, rope, undo redo, crossword, sudoku, chess, game engine, routing problem, assignment problem, solver, log sum, eviction policy, neural network, transformer, compression, huffman, lz77, encryption, elliptic, k th, subarray, subarrays, subsequence, permutations, combinatorial, geometry, delaunay, voronoi, raymarching, shader, inverse kinematics, emulator, disassembler, linker, debugger, database engine, file system, filesystem, protocol, алгоритма, алгоритмы",

  /** Words that only someone deep in a subject uses: they mean it even where an explanation is asked for. */
  expert:
    "memory ordering, memory order, memory model, memory barrier, memory fence, this fence, relaxed be, relaxed ordering, acquire release, seq cst, lock free, lockfree, wait free, obstruction free, aba, linearizable, linearizability, serializability, happens before, interleaving, compare and swap, epoch based, hazard pointer, rcu, false sharing, cache line, numa, byzantine, two phase, quorum, write skew, phantom reads, snapshot isolation, crdt, operational transform, simd, avx, avx2, neon, cuda, gpu kernel, bit identical, numerically stable, catastrophic cancellation, amortized, adversary, np hard, np complete, undecidable, reduction from, smt, coq, dafny, formal verification, soundness, lemma, theorem, hindley, dependent type, higher kinded, higher rank, gadt, variance, covariant, contravariant, monad transformer, free monad, sfinae, constexpr metaprogramming, template metaprogramming, borrow checker, pin projection, drop check, object safety, use after, double free, undefined behavior, undefined behaviour, strict aliasing, side channel, timing attack, toctou, padding oracle, heap spray, rop, speculative, kernel, ebpf, io uring, jit, garbage collector, ssa, register allocation, escape analysis, stackful, continuation passing, red black, fibonacci heap, suffix automaton, van emde, persistent data, link cut, heavy light, convex hull trick, min cost, simplex, kalman, verifier, monad, monads, tri color, write barrier, membership changes, error bound, recursion limit, loop invariant",

  // How it shows.
  symptom:
    "intermittent, intermittently, sometimes, occasionally, randomly, sporadic, sporadically, flaky, nondeterministic, non deterministic, heisenbug, under load, under heavy, high load, high traffic, in production, only in, on ci, only when, only happens, every few, once in, after a while, after hours, after several, for hours, for days, over time, under pressure, hang, hangs, hanging, freeze, freezes, stall, stalls, stuck, can't reproduce, cannot reproduce, hard to reproduce, works locally, works on, but only, out of order, duplicated, twice, lost updates, lost update, stale, disappears, keeps growing, grows, manchmal, gelegentlich, unter last, hängt, sporadisch, a veces, parfois, иногда, зависает, now and then, every now, from time, at random, at once, at the same time, simultaneous, simultaneously, time out, times out, timeout, timeouts, seldom, rarely, rare, one in, 1 in, lose, loses, lost, leaks out, collapses, degrades, lower than expected, higher than expected, out of sync, drift, drifts, after a few, gets worse, worse over, beyond, nach einiger zeit, ab und zu, de temps en temps, de vez en cuando, периодически, под нагрузкой, never resolves, never returns, never fires, never finishes, never completes, never called, just sits, not released, twice in, stutter, stutters, jank, more than once, same seat, double booked",
  misbehave:
    "bug, bugs, fail, fails, failing, failure, failed, crash, crashes, crashing, wrong, broken, breaks, incorrect, unexpected, unexpectedly, doesn't, not working, isn't, won't, can't, error, errors, exception, panic, throws, undefined, nan, null, missing, complains, problem, issue, fehler, fehlschlägt, geht nicht, funktioniert nicht, absturz, falsch, fallo, erreur, ошибка",
  wide: "across, codebase, code base, whole project, entire project, entire codebase, whole codebase, whole repo, entire repo, whole app, entire app, entire application, every file, all files, all modules, all services, all usages, all callers, several files, multiple files, many files, multiple modules, several modules, multiple services, several services, between services, monorepo, end to end, repository wide, project wide, packages, layers, subsystem, subsystems, pipeline, cross cutting, plugin system, entire module, whole module, gesamte, gesamten, mehrere dateien, todo el, tout le, весь проект, these files, all files, these three, these four, these five, monolith, all modules, all packages, circular dependency, circular dependencies, dependency cycle, services, modules, repositories, throughout, everywhere it, data layer, call sites, all call, all endpoints, every endpoint, every service, every module, whole system, entire system",
  small:
    "this line, one line, single line, this word, this variable, this import, this method, this function, this parameter, this expression, this property, this constant, this snippet, small, simple, tiny, basic, minor, trivial, straightforward, quick, only this, short, little, easy, simply, einfach, einfache, kurz, diese zeile, diese funktion, simple función, esta función, esta línea, cette fonction, cette ligne, эту функцию, quick fix, one word, two lines, a few lines, this file's header",
  demanding:
    "must, guarantee, guarantees, ensure, ensuring, without breaking, backward compatible, backwards compatible, backwards compatibility, without changing, edge cases, edge case, corner cases, robust, production ready, production grade, fault tolerant, high availability, at scale, scalable, million, millions, billion, real time, while preserving, preserving, subtle, tricky, complex, complicated, non trivial, nontrivial, rigorous, rigorously, thorough, thoroughly, in depth, deep dive, comprehensive, carefully, justify, justification, komplex, gründlich, identical, bit identical, compile time, at compile, exactly, correct under, worst case, adversarial, any order, all possible, every possible, fully, full inference, minimal downtime, no downtime, keep production, still works, existing clients, clean separation",
  harder:
    "think hard, think harder, think carefully, think deeply, think step, ultrathink, best model, smartest model, be thorough, harder please, take your, denk gut, streng dich",
  quicker:
    "briefly, short answer, quick question, in one, one sentence, few words, tl dr, eli5, keep it, nothing fancy, kurze frage",
  again:
    "still, again, same error, same problem, same issue, same result, didn't, doesn't work, does not, did not, not fixed, no change, another error, new error, now it, nope, that broke, you broke, wrong again, immer noch, wieder, gleiche fehler, todavía, toujours, всё ещё, опять",
  social:
    "thanks, thank you, thx, great, perfect, hello, hi, hey, ok, okay, yes, no, sure, nice, cool, danke, gracias, merci, hallo, спасибо",
  followUp:
    "continue, go on, go ahead, do it, do that, apply it, apply that, keep going, proceed, next, more, weiter, mach weiter, continúa",
} as const;

export type WordGroup = keyof typeof wordGroups;
export const groupNames: readonly WordGroup[] = Object.keys(wordGroups).filter(isGroup);

/** The groups that name kinds of work: of their words the first in a question is its lead. */
export const kindGroups: ReadonlySet<WordGroup> = new Set(groupNames.slice(0, groupNames.indexOf("investigate") + 1));

/** One zero for each group, to count from. */
export const zeroGroupCounts: Readonly<Record<WordGroup, number>> = {
  ...{
    rename: 0,
    document: 0,
    format: 0,
    explain: 0,
    define: 0,
    howto: 0,
    message: 0,
    pattern: 0,
    test: 0,
    convert: 0,
  },
  ...{ fix: 0, write: 0, implement: 0, refactor: 0, design: 0, review: 0, optimize: 0, prove: 0, migrate: 0, edit: 0 },
  ...{ investigate: 0, concurrency: 0, distributed: 0, security: 0, performance: 0, types: 0, memory: 0, algorithm: 0 },
  ...{ symptom: 0, misbehave: 0, wide: 0, small: 0, demanding: 0, harder: 0, quicker: 0, again: 0, social: 0 },
  followUp: 0,
  expert: 0,
};

/** Chinese, Japanese and Korean have no spaces between words, so these are looked for as they stand. */
export const unspacedWords: readonly (readonly [WordGroup, string])[] = [
  ["rename", "重命名 改名 リネーム 名前を変 이름을 바꿔 이름 변경"],
  ["document", "注释 文档 コメント ドキュメント 주석 문서"],
  ["explain", "解释 说明 什么意思 説明 どういう意味 설명"],
  ["define", "是什么 区别 とは 違い 무엇 차이"],
  ["howto", "怎么 如何 どうやって 方法 어떻게"],
  ["message", "提交信息 提交说明 コミットメッセージ 커밋 메시지"],
  ["pattern", "正则 正規表現 정규식"],
  ["test", "单元测试 测试用例 单测 単体テスト ユニットテスト 단위 테스트"],
  ["convert", "转换 翻译 转成 変換 변환"],
  ["fix", "修复 修改 改正 修正 直して 수정 고쳐"],
  ["implement", "实现 実装 구현"],
  ["refactor", "重构 リファクタ 리팩터 리팩토링"],
  ["design", "设计 架构 方案 設計 アーキテクチャ 설계 아키텍처"],
  ["review", "审查 评审 检查 レビュー 검토"],
  ["optimize", "优化 性能 最適化 遅い 최적화 느려"],
  ["prove", "证明 复杂度 証明 計算量 증명 복잡도"],
  ["migrate", "迁移 移行 마이그레이션"],
  ["investigate", "为什么 为何 原因 なぜ 왜 원인"],
  ["concurrency", "并发 死锁 竞态 线程 竞争条件 数据竞争 並行 デッドロック 競合 스레드 교착 동시성 경쟁 상태"],
  ["distributed", "分布式 一致性 分散 분산"],
  ["security", "安全 漏洞 注入 脆弱性 セキュリティ 보안 취약점"],
  ["memory", "内存泄漏 内存泄露 メモリリーク 메모리 누수"],
  ["algorithm", "算法 动态规划 アルゴリズム 알고리즘"],
  ["symptom", "偶尔 有时 高并发 卡住 卡死 时好时坏 負荷 たまに 가끔 간헐 부하"],
  ["misbehave", "错误 报错 异常 失败 崩溃 エラー バグ 오류 버그"],
  ["wide", "整个项目 多个文件 所有文件 跨文件 全体 複数のファイル 전체 여러 파일"],
  ["small", "这行 这一行 这个函数 这段 简单 この行 この関数 簡単 이 함수 이 줄 간단"],
  ["demanding", "复杂 保证 深入 複雑 複雜 복잡"],
];

function isGroup(name: string): name is WordGroup {
  return Object.hasOwn(wordGroups, name);
}
