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
    "explain, explanation, describe, summarize, summarise, summary, tldr, walk me, what does, what do these, what do the, what do they, what do those, what's this, understand, erkläre, erklär, erklären, go through it, tell me what, uitleggen, leg uit, spiegami, spiegare, explicarme, wyjaśnij, açıkla, пояснить, расскажи, explica, explique, expliquer, explicar, spiega, объясни, объясните",
  define:
    "what is, what are, what's, difference between, meaning of, mean, means, example of, when should, was ist, was bedeutet, was macht, was heißt, unterschied, qué es, qué hace, qué significa, diferencia, qu'est, que fait, différence, cosa fa, o que, differenza, diferença, wat is, wat doet, verschil, co to, czym jest, ne yapıyor, что такое, что делает, что значит, разница, purpose of, point of, which of, which port, what port, which http, which status, which type, which setting",
  howto:
    "how do, how to, how can, how would, syntax for, syntax, which method, which command, shortcut, wie kann, wie mache, how you, is there a, wie lasse, wie bekomme, wie geht, wie sortiere, cómo, comment faire, comment je, comment puis, come faccio, come si, como faço, como posso, como eu, hoe maak, hoe kan, jak, w jaki, nasıl, как",
  message:
    "commit message, pull request description, pr description, pr title, changelog, release note, branch name, variable name, function name, better name, name for, suggest a name, commit-nachricht",
  pattern:
    "regex, regexp, regular expression, glob pattern, cron expression, format string, one liner, oneliner, snippet, boilerplate, getter, setter, constructor, stub, mock data, dummy data, sample data, fixture data, enum, dockerfile, gitignore, yaml, css, html, center a, placeholder",
  test: "unit test, unit tests, test case, test cases, write a test, write tests, add a test, add tests, test for, tests for, jest, pytest, vitest, spec for, komponententest, unittest, pruebas, test unitaire, тест, тесты",
  convert:
    "convert, translate, rewrite as, rewrite this, turn this, change this, transform, into a, to an arrow, modernize, modernise, modern javascript, modern syntax, modern style, modern python, modern way, up to date, newer syntax, es6, list comprehension, async await, ternary, template literal, f string, umwandeln, convierte, convertir",
  fix: "fix, correct, repair, solve, resolve, make it work, get rid, behebe, beheben, repariere, corrige, arregla, corriger, исправь, исправить",
  write:
    "write, create, add, generate, make, give me, show me, schreibe, schreib, erstelle, escribe, crea, écris, ajoute, füge, напиши, добавь, complete, finish, need a, want a, like a",
  edit: "change, set, replace, remove, delete, use, swap, bump, update, wrap, inline, put, append, insert, toggle, hide, disable, enable, increase, decrease, reorder, comment out, uncomment, sort, ändere, entferne, ersetze, cambia, quita, elimina, remplace, supprime, измени, удали, замени",
  implement:
    "implement, implementation, build, develop, from scratch, implementiere, implementa, implémente, entwickle, реализуй",
  refactor:
    "refactor, restructure, reorganize, reorganise, decouple, untangle, rework, rearchitect, redesign, modularize, modularise, split into, break up, break this, clean up, consolidate, deduplicate, extract common, move all, refaktorisiere, refactoriza, рефакторинг",
  design:
    "design, architect, architecture, architectural, data model, system design, propose, proposal, strategy, plan for, trade offs, tradeoffs, trade off, tradeoff, pros and, approach for, approaches, should we, which approach, adr, rfc, roadmap, entwirf, entwerfe, entwurf, architektur, diseña, diseño, arquitectura, concevoir, conçois, спроектируй, архитектура, structure the, compare three, compare approaches, compare options, compare different, compare alternatives, come up, scheme for, caching scheme, caching strategy, recommend, best way to structure, how should we, how would you, schema for, model the, where should, where would, draw the line, should live, should belong, what order, my options, our options, split responsibilities, cut this, on its own, abstraction, abstractions, layering, domain model, bounded context, extensible, extensibility, evolve, plugin architecture, state management, separation of, hexagonal, blueprint, стратегию, архитектуру, спроектировать",
  review:
    "review, audit, assess, evaluate, critique, find bugs, find any, find all, look for, check whether, überprüfe, prüfe diesen, prüfe den, prüfe die, prüfe das, prüfe unsere, revisa, проверь, find all the, holes, weaknesses, is it safe, is this safe, safe to, smell, smells, code smells, what could go, проверить, проверка",
  optimize:
    "optimize, optimise, optimization, optimisation, speed up, make it faster, faster, reduce memory, reduce latency, reduce allocations, improve performance, too slow, slow, optimiere, optimiza, optimiser, оптимизируй, reduce the allocations, reduce allocations, throughput, vectorize, parallelize, bring down, cut the, save memory, hot path, too much memory, too many queries, ускорь, оптимизировать",
  prove:
    "prove, proof, provably, formally, linearizable, linearizability, invariant, invariants, induction, derive, derivation, show that the algorithm, show that it, show that for, show that every, show that no, correctness, soundness, counterexample, amortized, amortised, lower bound, upper bound, tight bound, worst case, space complexity, asymptotic, np hard, np complete, termination, undecidable, beweise, beweis, demuestra, prouve, докажи, formal proof, formal verification, formally verify, prove that, theorem, lemma, correctness proof, convince me, an argument, for any, any input, every input, always stop, ever fail, ever end, ever happen, ever stop, same result, always ends, ever stop, always optimal, is optimal, largest number, smallest number, stay correct, remain correct, still correct, is it correct, is this correct, always terminates, terminates, complexity analysis, recurrence, master theorem, корректность, доказать, сложность, or nonexistence, no comparison, impossible",
  migrate:
    "migrate, migration, port this, port the, port our, port my, port it, port from, upgrade, move from, replace our, switch from, transition from, rewrite the, rewrite our, rewrite in, migriere, migrar, migrer, мигрировать, move us, get rid of our, replace all, eliminate our",
  investigate:
    "why, cause, causes, causing, root cause, find what, find out, find why, find where, reason, debug this, debug the, debug my, debug why, diagnose, investigate, troubleshoot, figure out, track down, find the bug, what's wrong, what is wrong, what could, warum, wieso, weshalb, por qué, pourquoi, почему, how come, how can that, how could, where could, where does, what happens if, what would happen, could this, can this ever, is it possible, explain why, tell me why, por que, pourquoi est, отчего, зачем",

  // What it is about.
  concurrency:
    "race condition, race conditions, race, races, racy, data race, deadlock, livelock, starvation, mutex, cancellable, cancelable, lock free, lockfree, wait free, semaphore, atomics, memory ordering, memory order, acquire release, happens before, memory barrier, memory model, concurrency, concurrent, concurrently, thread safe, thread safety, threads, multithreaded, multi threaded, goroutine, goroutines, goroutine leak, synchronization, synchronisation, critical section, double checked, compare and swap, cas loop, aba problem, event loop, unhandled rejection, reentrancy, reentrant, interleaving, interleave, nebenläufigkeit, wettlaufsituation, verklemmung, concurrencia, condición de carrera, interblocage, гонка, lock contention, contention, without locks, without locking, without a lock, shared state, shared mutable, in parallel, parallelize, parallelise, parallel, another thread, other threads, another process, two processes, several processes, all cores, many cores, other cores, one core, global lock, readers and writers, producer consumer, producers, worker pool, thread pool, two workers, two threads, two requests, multiple threads, mehrere threads, гонки, взаимная блокировка",
  distributed:
    "distributed, replicas, replica, data centers, data centres, datacenters, network between, network splits, consensus, raft, paxos, quorum, exactly once, at least once, idempotent, idempotency, eventual consistency, eventually consistent, consistency model, serializable, isolation level, snapshot isolation, two phase, saga, outbox, split brain, partition tolerance, replication, sharding, shard, leader election, vector clock, crdt, crdts, backpressure, failover, event sourcing, cqrs, multi region, multi tenant, multi tenancy, zero downtime, service mesh, microservices, rate limiter, cache invalidation, verteilt, verteiltes, sistema distribuido, système distribué, leader crashes, leader dies, leader fails, new leader, the leader, follower lags, ack, acknowledgement, network partition, rebalance, rebalancing, kafka, message ordering, deduplication, clock skew, read your writes, conflict resolution, offline first, offline sync, cross region, regions, tenants, event driven, message queue, dead letter, transactional",
  security:
    "vulnerability, vulnerabilities, vulnerable, security, exploit, exploitable, attack, attacker, attack surface, threat model, threat, xss, csrf, ssrf, oidc, saml, sql injection, command injection, code injection, html injection, template injection, prompt injection, an injection, injection attack, path traversal, timing attack, side channel, privilege escalation, sandbox escape, authentication bypass, auth bypass, authorization, deserialization, prototype pollution, toctou, cryptographic, cryptography, constant time, key rotation, untrusted, sicherheit, sicherheitslücke, sicherheitslücken, seguridad, vulnerabilidad, sécurité, безопасность, уязвимость, secure, securely, bypass, bypasses, escape the, hijack, impersonate, csp, cors policy, oauth flow, token theft, replay attack, secrets, malicious, hostile, steal, stolen, steals, abuse, abused, tamper, tampering, forge, forged, spoof, spoofed, someone else, outsider, get at, get hold, get past, gets past, break out, without permission, without logging, without the role, without the right, can a caller, can a user, could a user, can a customer, could a customer, can a client, could a client, can a visitor, could a visitor, get around, sanitize, permissions model, уязвимости, уязвимостей, безопасности, sicherheitsprüfung, vulnerabilidades, vulnérabilité, vulnérabilités, faille, crypto, nonce, nonces, enumeration, replay, tokens leak, see another, another user's, other users, another tenant",
  performance:
    "performance, throughput, latency, bottleneck, profiler, profile shows, is the profile, cpu profile, heap profile, flame graph, hot path, cache miss, cache misses, cache locality, simd, vectorize, vectorized, allocation, allocations, gc pressure, garbage collection, n plus, query plan, full table, p99, tail latency, benchmark, scalability, scales, big o, quadratic, exponential, memory usage, leistung, rendimiento, scale to, requests per, per second, gc pauses, zero copy, memory footprint, working set, hot loop, inner loop, cpu bound, io bound, queries per, n queries, slow query, p95, p50, p90, slower, slows down, gets slow, sequential scan, index scan, scans the, full scan, blowup, explode, explodes",
  types:
    "generics, generic type, type inference, infer, conditional type, conditional types, mapped type, mapped types, covariant, contravariant, covariance, invariance, higher kinded, type level, excessively deep, discriminated union, overload resolution, borrow checker, lifetimes, lifetime, trait bound, trait bounds, object safety, associated type, gat, sfinae, template metaprogramming, monad transformer, type class, typeclass, existential type, dependent type, phantom type, type system, type error, type errors, typfehler, not assignable, inference, inferred, variadic, type safe, typesafe, type safety, recursive type, recursive types, generic constraint, generic constraints, type parameter, type parameters, collapses to, narrowing, phantom, polymorphism, polymorphic, вывод типов",
  memory:
    "memory leak, leak, leaks, leaking, segfault, segmentation fault, use after, double free, heap corruption, buffer overflow, undefined behavior, undefined behaviour, dangling pointer, dangling reference, data corruption, corrupted, corruption, corrupts, stack overflow, out of memory, oom, memory safety, unsafe code, speicherleck, fuga de memoria, fuite mémoire, утечка, heap grows, heap keeps, heap usage, rss, retained, memory grows, memory keeps, memory corruption, invalid memory, address sanitizer, asan, valgrind, утечку, утечки, памяти",
  algorithm:
    "algorithm, dynamic programming, shortest path, max flow, min cut, minimum cut, maximum flow, segment tree, fenwick, suffix array, suffix automaton, suffix tree, red black, avl tree, b tree, skip list, splay, convex hull, topological order, strongly connected, bipartite, matching problem, traveling salesman, knapsack, np, backtracking, branch and, bitmask, minimax, alpha beta, monte carlo, near duplicates, spelling correction, fuzzy search, fuzzy matching, rostering, gradient descent, backpropagation, fft, fourier, number theory, modular inverse, primality, rabin, consistent hashing, hyperloglog, bloom filter, lru eviction, scheduling problem, constraint solver, sat solver, unification, type checker, compiler, interpreter, virtual machine, bytecode, garbage collector, jit, allocator, memory allocator, parser generator, recursive descent, pratt parser, lexer, parser with, parser for, write a parser, error recovery, incremental parser, incremental, regex engine, query planner, query optimizer, storage engine, write ahead, lsm tree, mvcc, transaction manager, operational transform, collaborative editing, text crdt, diff algorithm, merge algorithm, three way, ray tracer, raytracer, path tracer, physics engine, collision detection, search engine, rules engine, rule engine, template engine, expression evaluator, layout engine, constraint, constraints, kalman filter, quaternion, numerically stable, numerical stability, floating point error, eigenvalue, interior point, simplex method, scheduler, work stealing, ring buffer, algorithmus, algoritmo, algorithme, алгоритм, fibonacci heap, dijkstra, bellman ford, floyd, union find, interval tree, quadtree, octree, k d, r tree, lock table, cost based, join order, query engine, dependency graph, topological sort, constraint satisfaction, verifier, model checker, symbolic, theorem, smt, game engine, routing problem, assignment problem, solver, log sum, eviction policy, neural network, huffman, lz77, elliptic, k th, subarray, subarrays, subsequence, permutations, combinatorial, delaunay, voronoi, raymarching, shader, inverse kinematics, disassembler, database engine, алгоритма, алгоритмы, spreadsheet engine, chess engine, sudoku solver, network protocol, wire protocol, encryption scheme, compression algorithm",
  /** Things that are hard to build, and everyday words of whoever uses them. */
  built:
    "spreadsheet, debugger, text editor, rope, undo redo, crossword, sudoku, chess, timetable, compression, encryption, emulator, linker, geometry, file system, filesystem, protocol, transformer, hash table, hash map",

  numerical:
    "rounding errors, rounding error, accuracy, how far, different sum, different results, lose precision, loses precision, loss of, ill conditioned, condition number, nearly singular, nearly parallel, singular matrix, inverting, integer overflow, underflow, integrator, diverges, diverge, converges, converge, convergence, unstable, instability, numerically, numerical, a cent, cents, floating point, least squares, comes out, cancellation, rundungsfehler, численно",

  /** Words that only someone deep in a subject uses: they mean it even where an explanation is asked for. */
  expert:
    "memory ordering, memory order, memory model, memory barrier, memory fence, this fence, relaxed be, relaxed ordering, acquire release, seq cst, lock free, lockfree, wait free, obstruction free, aba, linearizable, linearizability, serializability, happens before, interleaving, compare and swap, epoch based, hazard pointer, rcu, false sharing, cache line, numa, byzantine, two phase, quorum, write skew, phantom reads, snapshot isolation, crdt, operational transform, simd, avx, avx2, neon, cuda, gpu kernel, bit identical, numerically stable, catastrophic cancellation, amortized, adversary, np hard, np complete, undecidable, reduction from, smt, coq, dafny, formal verification, soundness, lemma, theorem, hindley, dependent type, higher kinded, higher rank, gadt, covariant, contravariant, monad transformer, free monad, sfinae, constexpr metaprogramming, template metaprogramming, borrow checker, pin projection, drop check, object safety, use after, double free, undefined behavior, undefined behaviour, strict aliasing, side channel, timing attack, toctou, padding oracle, heap spray, rop, speculative, kernel, ebpf, io uring, jit, garbage collector, ssa, register allocation, escape analysis, stackful, continuation passing, red black, fibonacci heap, suffix automaton, van emde, persistent data, link cut, heavy light, convex hull trick, min cost, simplex, kalman, verifier, monad, monads, tri color, write barrier, membership changes, error bound, recursion limit, loop invariant",

  // How it shows.
  symptom:
    "intermittent, intermittently, sometimes, occasionally, randomly, sporadic, sporadically, flaky, nondeterministic, non deterministic, heisenbug, under load, under heavy, high load, high traffic, in production, only in, on ci, only when, only happens, every few, once in, after a while, after hours, after several, for hours, for days, over time, under pressure, can't reproduce, cannot reproduce, hard to reproduce, works locally, works on, but only, lost updates, lost update, keeps growing, manchmal, gelegentlich, unter last, hängt, sporadisch, a veces, parfois, иногда, зависает, now and then, every now, at random, at the same time, simultaneous, simultaneously, time out, times out, seldom, rarely, one in, 1 in, leaks out, collapses, degrades, lower than expected, higher than expected, out of sync, after a few, gets worse, worse over, nach einiger zeit, ab und zu, de temps en temps, de vez en cuando, периодически, под нагрузкой, never resolves, never returns, never fires, never finishes, never completes, not released, twice in, stutter, stutters, jank, same seat, double booked, every couple, never the same, most nights, some nights, some days, other days, de vez, a volte, ogni tanto, às vezes, czasami, bazen, ab und, время от времени, случайно",
  /** Trouble in code, and in a layout or a command everyday words. */
  mishap:
    "hang, hangs, hanging, freeze, freezes, stall, stalls, stuck, out of order, duplicated, twice, stale, disappears, grows, from time, at once, timeout, timeouts, rare, lose, loses, lost, drift, drifts, beyond, never called, just sits, more than once, stops, stopped, gone, vanish, vanishes, mixed up, overwritten, overwrites, negative, garbage, off by a, off by some, off by several, off by about, half written, half finished, partially, runs out, run out, exhausted, starve, pile up, piles up, backlog, overwrite each, each other, verliert, verloren, stürzt, abstürzt, perd, plante, pierde, perde, trava, blocca, теряются, дублируются, differ, differs, mismatch, discrepancy, inconsistent, inconsistently, dies, died, restart, restarts, restarted, dropped, drops, unresponsive, conflict, conflicts, duplicate, duplicates, doppelt, verschwindet, bloque, bloquea, dobles, падает, дважды, теряется",
  // What makes a plain description hard, in everyday words: one alone says nothing, two together do.
  speed:
    "slow, slower, slowly, sluggish, laggy, fps, frame rate, wait, waits, waiting, idle, dauert, langsamer, ralentit, traîne, lentamente, tardando, demora, fast, faster, instant, instantly, took, takes longer, takes forever, takes too, takes half, takes several, takes about, seconds, minutes, hours, milliseconds, ms, crawl, crawls, lag, lags, cpu, langsam, schnell, sekunden, minuten, lent, lente, lentement, secondes, lento, lenta, segundos, tarda, tardan, медленно, секунд",
  varies:
    "some customers, some users, some people, some inputs, some requests, some invoices, some records, some rows, some machines, some days, for some, in some, only some, only for, only after, only if, most customers, most users, most of, depending, depends, handful, evening, morning, afternoon, night, nightly, nights, midnight, last year, last month, last week, yesterday, since the, no longer, used to, weekend, overnight, the longer, the more, right after, as soon, certain, data distribution, distribution, skewed, statistics, stats, parameter values, different values, other values, same query, same statement, same request, same input, different plan, growing table, as data, as the table, over months, manche, manchen, morgens, abends, nachts, je nach, seit, certains, matin, soir, depuis, algunos, tarde, mañana, noche, desde, некоторые, утром, вечером, ночью",
  actors:
    "two people, two users, two customers, two clients, two tabs, two windows, two jobs, two servers, two instances, several people, several users, several clients, many users, many people, many clients, many requests, both, replicas, workers, consumers, writers, readers, another, same second, same moment, same record, same row, same job, same task, quickly, double click, clicking, zwei, gleichzeitig, deux, dos, simultáneamente, два, две, двое, одновременно",
  contrast:
    "though, although, but, yet, whereas, except, however, nobody, nothing, none, even, obwohl, aber, trotzdem, pourtant, alors que, mais, aunque, pero, sin embargo, хотя, но",
  amount:
    "million, millions, billion, traffic, peak, petabytes, thousand, thousands, gigabytes, terabytes, gb, memory, speicher, mémoire, memoria, памяти, память, huge, enormous, twice as, ten times, large table, big table, many rows, rows, records, millionen, tausend, millones, miles, milliers, миллион, миллионов",
  live: "while the, while users, while customers, while people, keeps taking, keeps running, keep running, stay logged, stay online, stays up, stays online, without stopping, without interrupting, without losing, without taking, without anyone, without breaking, existing customers, in between, halfway, zero downtime, no downtime",
  // What makes it plain.
  stakes:
    "daylight saving, time zones, timezones, money, paid, pay, payment, payments, charge, refund, invoice, invoices, balance, token, tokens, password, passwords, cookie, cookies, credentials, permission, permissions, upload, uploads, tenant, session, sessions, geld, rechnung, passwort, argent, facture, dinero, factura, contraseña, деньги, пароль",
  light:
    "css, html, div, flexbox, flex, sticky, navbar, header, footer, sidebar, margin, padding, font, centered, scrollbar, z-index, button, tooltip, dropdown, background, bash, zsh, shell, powershell, sed, awk, grep, command, terminal, curl, wget, ffmpeg, imagemagick, tar, zip, chmod, ssh, cron, crontab, docker, git commit, previous commit, my commit, last commit message, that commit, checkout, rebase, stash, subfolder, subfolders, folder, folders, directory, kubectl, git, branch, regex, yaml, json, toml, tsconfig, eslint, prettier, makefile, dockerfile, gitignore, markdown, config file, configuration file, settings file, excel, spreadsheet formula, sql query, select query, select statement, befehl, ordner, commande, dossier, comando, carpeta, cartella, pasta, команда, папке, папки",
  beginner:
    "beginner, newbie, noob, new to, i'm new, just started, just starting, never used, never seen, never heard, never done, learning, learn, homework, tutorial, course, student, basics, plain words, simple words, simple terms, layman's, always forget, my first, anfänger, anfängerin, lerne, gerade angefangen, fange gerade, zum ersten, noch nie, débutant, débutante, débute, apprends, jamais vu, principiante, empezando, aprendiendo, novato, nunca he, alle prime, imparando, iniciante, aprendendo, começando, beginnende, leer net, początkujący, uczę, yeni başladım, öğreniyorum, новичок, начинающий, учусь, изучаю",
  misbehave:
    "bug, bugs, fail, fails, failing, failure, failed, crash, crashes, crashing, wrong, broken, breaks, incorrect, unexpected, unexpectedly, weird, strange, strangely, mysterious, mysteriously, doesn't, not working, isn't, won't, can't, error, errors, exception, panic, throws, undefined, nan, null, missing, complains, problem, issue, fehler, fehlschlägt, geht nicht, funktioniert nicht, absturz, falsch, fallo, erreur, ошибка",
  wide: "across, codebase, code base, whole project, entire project, whole backend, whole frontend, whole website, whole service, entire backend, entire frontend, entire codebase, whole codebase, whole repo, entire repo, whole app, entire app, entire application, every file, all files, all modules, all services, all usages, all callers, several files, multiple files, many files, multiple modules, several modules, multiple services, several services, between services, monorepo, end to end, repository wide, project wide, subsystem, subsystems, cross cutting, plugin system, entire module, whole module, gesamte, gesamten, mehrere dateien, todo el, tout le, весь проект, these files, all files, these three, these four, these five, monolith, all modules, all packages, circular dependency, circular dependencies, dependency cycle, throughout, everywhere it, data layer, call sites, all call, all endpoints, every endpoint, every service, every module, whole system, entire system",
  /** Parts of a code base, and as often things of a tool: "install these packages". */
  parts: "packages, layers, pipeline, services, modules, repositories",
  small:
    "this line, one line, single line, this word, this variable, this import, this method, this function, this parameter, this expression, this property, this constant, this snippet, small, simple, tiny, basic, minor, trivial, straightforward, quick, only this, short, little, easy, simply, einfach, einfache, kurz, diese zeile, diese funktion, simple función, esta función, esta línea, cette fonction, cette ligne, эту функцию, quick fix, one word, two lines, a few lines, this file's header",
  demanding:
    "must, make sure, any time, any moment, only once, at most, guarantee, guarantees, ensure, ensuring, without breaking, backward compatible, backwards compatible, backwards compatibility, without changing, edge cases, edge case, corner cases, robust, production ready, production grade, fault tolerant, high availability, at scale, scalable, million, millions, billion, real time, while preserving, preserving, subtle, tricky, complex, complicated, non trivial, nontrivial, rigorous, rigorously, thorough, thoroughly, in depth, deep dive, comprehensive, carefully, justify, justification, komplex, gründlich, identical, bit identical, compile time, at compile, exactly, correct under, worst case, adversarial, any order, all possible, every possible, fully, full inference, minimal downtime, no downtime, keep production, still works, existing clients, clean separation",
  harder:
    "think hard, think harder, think carefully, think deeply, think step, ultrathink, best model, smartest model, be thorough, harder please, take your, denk gut, streng dich",
  quicker:
    "briefly, short answer, quick question, in one, one sentence, few words, tl dr, eli5, keep it, nothing fancy, kurze frage",
  again:
    "still, again, same error, same problem, same issue, same result, didn't, doesn't work, does not, did not, not fixed, no change, another error, new error, now it, nope, that broke, you broke, wrong again, immer noch, wieder, gleiche fehler, todavía, toujours, всё ещё, опять",
  social:
    "thanks, thank you, thx, great, perfect, hello, hi, hey, ok, okay, yes, no, sure, nice, cool, danke, gracias, merci, hallo, спасибо",
  followUp:
    "continue, same for, same with, same but, same thing, and for, now for, this one, that one, these ones, the others, the other, the rest, likewise, and in, in english, instead, dasselbe, das gleiche, gleiche für, und für, lo mismo, y para, la même, et pour, pareil, lo stesso, o mesmo, то же, а теперь, go on, go ahead, do it, do that, apply it, apply that, keep going, proceed, next, more, weiter, mach weiter, continúa",
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
  ...{
    investigate: 0,
    concurrency: 0,
    distributed: 0,
    security: 0,
    performance: 0,
    types: 0,
    memory: 0,
    algorithm: 0,
    built: 0,
  },
  ...{ symptom: 0, misbehave: 0, wide: 0, small: 0, demanding: 0, harder: 0, quicker: 0, again: 0, social: 0 },
  followUp: 0,
  ...{
    mishap: 0,
    speed: 0,
    varies: 0,
    actors: 0,
    contrast: 0,
    amount: 0,
    live: 0,
    parts: 0,
    stakes: 0,
    light: 0,
    beginner: 0,
  },
  ...{ expert: 0, numerical: 0 },
};

/** Chinese, Japanese and Korean have no spaces between words, so these are looked for as they stand. */
export const unspacedWords: readonly (readonly [WordGroup, string])[] = [
  ["rename", "重命名 改名 リネーム 名前を変 이름을 바꿔 이름 변경"],
  ["document", "注释 文档 コメント ドキュメント 주석 문서"],
  ["explain", "解释 说明 什么意思 説明 どういう意味 설명"],
  ["define", "是什么 做什么 什么用 何のため 何です 区别 とは 違い 무엇 차이"],
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
  ["actors", "两个用户 同时 两个线程 多个用户 二人 同時に 두 사용자 동시에"],
  ["amount", "内存 百万 メモリ 메모리"],
  ["varies", "越来越 有些 晚上 早上 だんだん 夜 점점"],
  ["mishap", "负数 卡死 超时 落ちる 固まる 増え続け 不整合 重复 丢失 消失 重複 消える 返らな 중복 사라"],
  ["speed", "慢 很久 遅 느려 오래"],
  ["beginner", "刚开始学 初学 新手 小白 初心者 始めたばかり 初めて 처음 배우 초보"],
  ["symptom", "偶尔 有时 高并发 卡住 卡死 时好时坏 負荷 時々 ときどき 本番 线上 生产环境 たまに 가끔 간헐 부하"],
  ["misbehave", "错误 报错 异常 失败 崩溃 エラー バグ 오류 버그"],
  ["wide", "整个项目 多个文件 所有文件 跨文件 全体 複数のファイル 전체 여러 파일"],
  ["small", "这行 这一行 这个函数 这段 简单 この行 この関数 簡単 이 함수 이 줄 간단"],
  ["demanding", "复杂 保证 深入 複雑 複雜 복잡"],
];

function isGroup(name: string): name is WordGroup {
  return Object.hasOwn(wordGroups, name);
}
