import type { EditorRequest } from "./editor-requests.ts";
import { at, hard, part, problem } from "./plain-requests.ts";

/** Requests that any colleague would call hard, in plain words; see `plain-simple-requests.ts`. */
export const hardRequests: readonly EditorRequest[] = [
  hard(
    "This report was instant last year and takes half a minute now, though we only have twice as many rows. Nobody touched the query. Please explain what changed.",
    at("report.sql", 40, "select customer_id, sum(total) from orders group by 1;\n"),
  ),
  hard(
    "The same statement takes 20 ms for most customers and 15 seconds for a handful of big ones. Can you explain why, and what to do about it?",
    part("orders.sql", 14, "select * from orders where customer_id = $1 order by created_at limit 20;\n"),
  ),
  hard(
    "Right after the nightly import this query is fast, by the evening it crawls. Explain it to me.",
    part("stats.sql", 10, "select count(*) from events where day = current_date;\n"),
  ),
  hard(
    "Postgres picks the sequential scan as soon as I ask for more than about a week of data, although there is an index on the date. Why?",
    part("events.sql", 6, "select * from events where at > now() - interval '8 days';\n"),
  ),
  hard(
    "Two people press save within the same second and one of the two changes is gone. How do I stop that?",
    at("src/save.ts", 120),
  ),
  hard("After a customer pays, the order now and then stays unpaid although the money arrived.", at("src/pay.ts", 160)),
  hard(
    "Every couple of days the worker stops picking up jobs until someone restarts it. No error in the log.",
    at("src/worker.ts", 200),
  ),
  hard("It works for one user, but with fifty of them the answers get mixed up", at("src/session.py", 130)),
  hard("Can a caller get at files outside of the upload folder with this?", part("src/upload.ts", 16)),
  hard("If someone steals the cookie, what can they do, and how would we notice?", at("src/session.ts", 140)),
  hard(
    "Could a customer read the invoices of someone else by changing the number in the address?",
    at("src/invoices.ts", 90),
  ),
  hard("Is comparing the tokens with === good enough here?", part("src/verify.ts", 8)),
  hard(
    "The sum of the parts differs from the total by a cent on some invoices, depending on the order in which they are added",
    at("src/invoice.ts", 110),
  ),
  hard(
    "My simulation gains energy the longer it runs, even with a tiny step. Why, and which integrator would keep it?",
    at("sim.py", 150),
  ),
  hard("The variance comes out negative for some inputs. How do I compute it so that it can't?", part("stats.py", 10)),
  hard(
    "Inverting this matrix gives garbage for nearly parallel columns. What should I do instead of inverting?",
    part("fit.py", 20),
  ),
  hard(
    "The process needs 300 MB at the start and 6 GB after a weekend. Here is the main module.",
    at("src/main.ts", 260),
  ),
  hard(
    "Valgrind reports an invalid read of size 8 after I erase from the vector in the loop below it; the crash shows up much later somewhere else",
    at("src/scene.cpp", 180),
  ),
  hard("free(): invalid next size (fast), but only with the release build", at("src/list.c", 140)),
  hard(
    "The old tab keeps all its DOM nodes alive after I close it, I see them in the heap snapshot",
    at("src/tabs.ts", 170),
  ),
  hard("How do three replicas decide who may write when the network between them splits in two?"),
  hard("Both data centres accept writes. How do I merge a shopping cart that was changed in both?"),
  hard(
    "We send the mail and then mark it as sent. If the process dies in between, it goes out twice. What is the right way?",
    at("src/mailer.ts", 80),
  ),
  hard(
    "The consumer gets the update before the create from time to time. How do I deal with that without losing throughput?",
    at("src/consumer.ts", 120),
  ),
  hard(
    "How would you cut this service in two so that billing can be deployed on its own?",
    at("src/service.ts", 500),
    at("src/billing.ts", 300),
  ),
  hard(
    "We want customers to be able to add their own fields to every kind of record. How should the tables look so that filtering stays fast?",
  ),
  hard(
    "Where should validation live: in the controllers, the domain or the database? We have it in all three today.",
    at("src/a.ts", 100),
    at("src/b.ts", 100),
    at("src/c.ts", 100),
  ),
  hard(
    "I want plugins written by third parties to run inside our server without being able to hurt it. What are my options?",
  ),
  hard(
    "Move the session data from Redis to Postgres while users stay logged in",
    at("src/session.ts", 150),
    at("src/redis.ts", 80),
  ),
  hard("We are on Rails 4 and need to get to 7 without stopping feature work. In what order would you go about it?"),
  hard(
    "Change the primary key of this table from int to uuid while the shop keeps taking orders",
    at("schema.sql", 200, "create table orders (id serial primary key);\n"),
  ),
  hard(
    "Replace the home-made query builder with Kysely in the whole backend",
    at("src/db.ts", 300),
    at("src/users.ts", 200),
  ),
  hard("Does this always stop, for any input? Give me an argument, not a test.", part("src/collatz.ts", 16)),
  hard("Convince me that no element is ever visited twice", part("src/walk.ts", 30)),
  hard("Prove that the greedy choice is optimal here or show me an input where it is not", part("src/pick.ts", 25)),
  hard(
    "What is the largest number of swaps this can make for n elements, and is there an input that reaches it?",
    part("src/sort.ts", 20),
  ),
  hard("One test out of eight hundred fails every few nights, never the same one", at("test/setup.ts", 90)),
  hard(
    "On my laptop it always passes, on the build server about every tenth run dies with a timeout. Nothing in the log.",
    at("ci.yml", 60, "jobs:\n  test:\n"),
  ),
  hard("The dropdown sometimes shows the results of the previous search when I type fast", at("src/Search.tsx", 90)),
  hard("Clicking very quickly on the button creates two orders", at("src/Checkout.tsx", 140)),
  hard(
    "Warum bekommen manche Kunden ihre Bestellung doppelt, obwohl wir vorher prüfen, ob es sie schon gibt?",
    at("src/order.ts", 120),
  ),
  hard(
    "¿Por qué la misma consulta tarda segundos por la tarde y milisegundos por la mañana? Explícamelo, por favor.",
    part("ventas.sql", 12, "select * from ventas where dia = $1;\n"),
  ),
  hard("La mémoire du serveur augmente lentement jusqu'à ce qu'il redémarre. Où regarder ?", at("src/server.ts", 200)),
  hard("Два процесса иногда берут одну и ту же задачу из очереди. Как это исправить?", at("src/queue.py", 120)),
  hard("两个用户同时下单时库存会变成负数，怎么解决？", at("src/stock.ts", 100)),
  hard("本番環境でだけ時々レスポンスが返らなくなります。原因を調べてください。", at("src/server.ts", 200)),
  hard(
    "Write a scheduler for a hospital: nurses, shifts, rest times, wishes. It should find a fair plan in a few minutes for 80 people.",
  ),
  hard("Implement undo for the drawing canvas when several people draw at the same time", at("src/canvas.ts", 250)),
  hard(
    "Build me an expression evaluator with user-defined functions, closures and good error positions",
    at("src/eval.ts", 40),
  ),
  hard("I need to find all pairs of near duplicates among ten million product descriptions on one machine"),
  hard(
    "Make the search tolerate spelling mistakes and still answer in 20 ms on two million titles",
    at("src/search.ts", 180),
  ),
  hard(
    "Rendering gets slower with every item that is added; at a thousand rows typing lags. Where does the time go?",
    at("src/Grid.tsx", 300),
  ),
  hard(
    "CPU sits at 100% on one core while the other seven are idle, how do I spread the work without breaking the order of the results?",
    at("src/batch.py", 150),
  ),
  hard(
    "Does the compiler have the right to reorder these two stores? Another thread reads them.",
    part("src/flag.cpp", 8, "data = 1; ready = true;\n"),
  ),
  hard("What can go wrong if the lease expires while the holder is paused?", at("src/lease.go", 90)),
  hard("All requests wait behind one slow one. Why, when everything is async?", at("src/api.py", 120)),
  hard(
    "Make K extends keyof T work through the wrapper so callers see the narrowed type and not the union",
    problem(at("src/store.ts", 110), "Type 'T[K]' is not assignable to type 'never'."),
  ),
  hard(
    "How can the return type depend on which keys were passed in the options object, nested ones included?",
    part("src/query.ts", 30),
  ),
  hard(
    "The total on the dashboard is off by a few orders around midnight, and only for customers overseas",
    at("src/report.ts", 140),
    at("src/orders.ts", 100),
  ),
  hard("Look over this and tell me under which conditions money could be lost", at("src/transfer.ts", 90)),
  hard(
    "Page 1 of the list loads at once, page 4000 takes eight seconds. Please explain why and how one does this properly.",
    part("list.sql", 8, "select * from t order by id limit 50 offset 200000;\n"),
  ),
  hard(
    "Since we crossed a few million rows the delete job blocks everybody else for minutes",
    at("cleanup.sql", 30, "delete from logs where at < now() - interval '90 days';\n"),
  ),
  hard(
    "This lookup gets slower through the day although the number of entries stays the same",
    at("src/cache.ts", 140),
  ),
  hard(
    "The estimate says 10 rows and there are 200,000. What makes the planner so wrong?",
    part("plan.sql", 20, "select * from a join b using (id);\n"),
  ),
  hard("If both workers wake up at the same moment, can they both get the lock?", at("src/lock.py", 70)),
  hard("The balance is sometimes too high after two transfers at once", at("src/account.go", 130)),
  hard("Is there a way to reach the admin pages without the role, going through the proxy?", at("src/guard.ts", 100)),
  hard(
    "We keep the reset tokens in plain text. How bad is it, and how do we get out of it without logging everyone out?",
    at("src/reset.ts", 90),
  ),
  hard(
    "Adding up a million small floats gives a different sum on the GPU. Which one is closer to the truth, and how far off can it be?",
    part("sum.py", 12),
  ),
  hard("Newton's method jumps around near the root for a few of the curves; make it reliable", part("root.py", 30)),
  hard(
    "After about a thousand requests the pool has no connections left, but nobody seems to hold them",
    at("src/db.ts", 180),
  ),
  hard("The iterator points to freed memory when the callback removes the element", at("src/list.cpp", 160)),
  hard("How do we make sure that an order is shipped only once when any of the three services may crash at any time?"),
  hard(
    "Replication lags by up to a minute at peak hours and users don't see what they just saved. What are the options and their price?",
  ),
  hard(
    "Everything imports everything here. Where would you draw the lines, and what do we move first?",
    at("src/a.ts", 300),
    at("src/b.ts", 250),
    at("src/c.ts", 200),
  ),
  hard("We have one database for all customers and a big one wants their own. How do we get there from here?"),
  hard(
    "Get rid of the global state in these modules, step by step, so that every step can be released",
    at("src/a.ts", 250),
    at("src/b.ts", 200),
  ),
  hard("Move from JavaScript to TypeScript strict in a repo of 400 files with six people working in it"),
  hard("Can this recursion ever fail to end, say for a graph with cycles?", part("src/visit.ts", 28)),
  hard(
    "Show me that the two versions compute the same result for every input, or where they differ",
    part("src/fold.ts", 34),
  ),
  hard("The same build gives a different binary each time. Find what is not deterministic.", at("build.py", 160)),
  hard(
    "Unsere Warteschlange verliert beim Neustart gelegentlich Nachrichten, wir wissen nicht warum",
    at("src/queue.ts", 150),
  ),
  hard(
    "L'API répond lentement seulement quand plusieurs clients envoient de gros fichiers en même temps",
    at("src/upload.ts", 140),
  ),
  hard(
    "Allocate the trucks to the tours so that total distance is small and no driver exceeds ten hours",
    at("src/tours.py", 60),
  ),
];
