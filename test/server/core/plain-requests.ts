import type { Question } from "../../../server/core/provider.ts";
import type { ContextItem, Tier } from "../../../shared/answer.ts";
import type { EditorRequest } from "./editor-requests.ts";

const languages: Readonly<Record<string, string>> = {
  c: "c",
  cpp: "cpp",
  css: "css",
  go: "go",
  html: "html",
  java: "java",
  js: "javascript",
  json: "json",
  py: "python",
  sql: "sql",
  ts: "typescript",
  tsx: "typescriptreact",
  yml: "yaml",
  Dockerfile: "dockerfile",
  Makefile: "makefile",
};

/**
 * Requests in the words people use who do not think of a classifier: polite, wordy, in their own language, about CSS and
 * shell as much as about code. The tier is what any colleague would say at once. Every second one of either tier, from the
 * second on, is the part held back: the vocabulary and the weights were never fitted to it, and it must stay so to mean
 * anything.
 */
export const simpleRequests: readonly EditorRequest[] = [
  simple(
    "Hi! Could you please explain to me what each of the settings in this tsconfig does? I inherited this project from a former colleague and would like to know which of them I can leave alone.",
    at("tsconfig.json", 24, '{\n  "compilerOptions": {\n    "strict": true,\n    "target": "es2020"\n  }\n}\n'),
  ),
  simple(
    "Hello, I hope you can help me. This function was written a long time ago with var and callbacks. Would you mind bringing it up to modern JavaScript? The behaviour should be the same as now.",
    part("src/load.js", 18, "var self = this;\nload(function (err, data) { cb(err, data); });\n"),
  ),
  simple(
    "My header is stuck behind the content when I scroll, how do I get it on top?",
    part("header.css", 9, ".header {\n  position: sticky;\n}\n"),
  ),
  simple(
    "The footer won't stay at the bottom when the page is short, it hangs in the middle of the screen",
    at("layout.css", 60, ".page {\n  min-height: 100%;\n}\n"),
  ),
  simple("Give me a shell command that deletes all files older than 30 days in every subfolder"),
  simple("find command that lists every file bigger than 100 MB, sorted by size"),
  simple(
    "Ich fange gerade erst mit Python an. Was ist eigentlich der Unterschied zwischen einer Liste und einem Tupel?",
  ),
  simple(
    "Bonjour, je débute en JavaScript et je ne comprends pas pourquoi cette boucle affiche toujours la même chose. Vous pouvez m'aider ?",
    part("boucle.js", 5, "for (var i = 0; i < 3; i++) setTimeout(() => console.log(i));\n"),
  ),
  simple("and the same for this one", [turn("Convert this to an arrow function")], part("src/a.ts", 6)),
  simple("now the other two please", [turn("add a docstring to load()")], at("a.py", 60)),
  simple(
    "why is this not valid?",
    problem(at("docker-compose.yml", 14, "services:\n  web:\n    image: nginx\n"), "Incorrect type. Expected array."),
  ),
  simple(
    "what's wrong here",
    problem(at(".prettierrc.json", 6, '{\n  "semi": false,\n}\n'), "Trailing comma is not allowed."),
  ),
  simple("Which of these columns can be null?", at("schema.sql", 30, "create table t (id int not null, note text);\n")),
  simple(
    "Select all customers that have not placed any order in the last six months",
    at("shop.sql", 40, "create table orders (id int, customer_id int, created_at date);\n"),
  ),
  simple("sql: for every department the highest salary and the name of who earns it"),
  simple("How do I replace a string in all files of a folder with sed?"),
  simple("docker command to remove all stopped containers and every dangling image"),
  simple("I always forget: how do I kill whatever is listening on port 3000?"),
  simple(
    "Make the three cards sit next to each other and wrap on a phone",
    at("cards.css", 30, ".card {\n  width: 30%;\n}\n"),
  ),
  simple(
    "There is a white gap on the right when I make the window small, can't find where it comes from",
    at("page.css", 80, ".row {\n  width: 100vw;\n}\n"),
  ),
  simple("regex that matches a German postcode followed by a city name"),
  simple("Can I have a pattern that only allows letters, digits and dashes and must start with a letter?"),
  simple(
    "Please add doc comments to the public methods, in the same style as the first one",
    at("src/Queue.java", 140),
  ),
  simple("docstring please, numpy style", part("stats.py", 20)),
  simple("call it userCount instead", [turn("add a counter of users to this class")], part("src/a.ts", 12)),
  simple("rename every occurrence of usr to user in here", at("src/a.ts", 90)),
  simple("What is the difference between a left join and an inner join?"),
  simple("In which cases do I need a semicolon in JavaScript, and when can I leave it out?"),
  simple("Was bedeutet das Ausrufezeichen hinter der Variablen?", part("src/a.ts", 2)),
  simple("¿Cómo puedo recorrer un diccionario en Python e imprimir las claves y los valores?"),
  simple("Wie kann ich in CSS einen Text vertikal mittig ausrichten?"),
  simple("Come faccio a leggere un file riga per riga in Python? Sono alle prime armi"),
  simple("Olá, como faço para juntar duas listas sem repetir os elementos?"),
  simple("Как в питоне отсортировать список словарей по полю name?"),
  simple("这段代码是做什么的？我刚开始学 Python。", part("a.py", 8)),
  simple("この設定は何のためにありますか？", part("tsconfig.json", 3, '"strict": true\n')),
  simple("Merhaba, bu fonksiyon ne yapıyor? Yeni başladım.", part("src/a.js", 7)),
  simple("Hoe maak ik in git een nieuwe branch en push ik die naar de server?"),
  simple("W jaki sposób mogę zamienić string na liczbę w JavaScript?"),
  simple("Pourriez-vous m'expliquer ce que fait cette ligne ? Je n'ai jamais vu cette syntaxe.", part("src/a.ts", 1)),
  simple(
    "this yaml gives an error about mapping values, what did I do wrong",
    at("ci.yml", 30, "jobs:\n  test:\n    steps:\n"),
  ),
  simple(
    "My GitHub workflow runs on every push, I only want it on main and on pull requests",
    at(".github/workflows/ci.yml", 25, "on: push\njobs:\n  test:\n"),
  ),
  simple(
    "The image is 1.2 GB because it is built on the full node image. Use the slim one",
    at("Dockerfile", 12, "FROM node:20\nRUN npm ci\n"),
  ),
  simple("what does the line with COPY --from do", part("Dockerfile", 1, "COPY --from=build /app/dist ./dist\n")),
  simple("make only the error messages red", part("app.css", 8, ".error {\n  color: black;\n}\n")),
  simple(
    "Text runs out of the button when it is long. Cut it off with dots instead",
    part("button.css", 7, ".btn {\n  width: 120px;\n}\n"),
  ),
  simple("I want to count how often each word occurs in this string"),
  simple(
    "I have a list of orders with a date and an amount, and I would like the total per month as a dictionary, nothing more",
    part("orders.py", 4),
  ),
  simple("same but for the email field", [turn("validate that the name is not empty")], part("src/form.ts", 12)),
  simple("ok and in Go?", [turn("How do I read an environment variable in Python?")]),
  simple("What would this print?", part("a.py", 6)),
  simple("does the order of these two matter", part("src/app.ts", 2, "app.use(json());\n")),
  simple("The date shows as 2024-03-01T00:00:00Z, I just want 1 March 2024", part("src/Post.tsx", 4)),
  simple(
    "Every time I open the page the first item of the dropdown should be selected already",
    at("src/Select.tsx", 45),
  ),
  simple("how to go back to the previous commit without losing what I changed"),
  simple("I committed to main by mistake, how do I move that commit to a new branch?"),
  simple("What do people use to pretty print JSON in the terminal?"),
  simple("What's a closure?"),
  simple("Can you tell me in plain words what a promise is and why people like it more than callbacks?"),
  simple("Is Python call by value or call by reference?"),
  simple("tell me which of these options are already the default", at("vite.config.ts", 30)),
  simple(
    "This is my first pull request for this project, and the linter complains about the missing return type in this function. Could you add it for me?",
    problem(part("src/price.ts", 8), "Missing return type on function."),
  ),
  simple("red squiggle under `user`, why?", problem(part("src/a.ts", 5), "Object is possibly 'undefined'.")),
  simple(
    "It says that 'items' is missing, but I don't know where to put it",
    problem(part("src/List.tsx", 3), "Property 'items' is missing in type '{}' but required in type 'Props'."),
  ),
  simple("crontab entry for every weekday at 6:30 in the morning"),
  simple("ffmpeg command that turns every mp4 in a folder into an mp3"),
  simple("Show only the lines that contain both foo and bar, from all the logs in /var/log/app"),
  simple("awk to sum up the third column"),
  simple(
    "I need a Makefile target that removes the build directory and everything in it",
    at("Makefile", 20, "build:\n\tgo build ./...\n"),
  ),
  simple("The button should be grey and not clickable as long as the form is empty", at("src/Form.tsx", 70)),
  simple(
    "Put the labels above the inputs instead of beside them",
    part("form.css", 12, "label {\n  float: left;\n}\n"),
  ),
  simple(
    "What is the purpose of the empty array at the end?",
    part("src/a.tsx", 5, "useEffect(() => { load(); }, []);\n"),
  ),
  simple(
    "I don't really understand what the reduce in the middle is doing. Could you go through it slowly, one step after the other?",
    part("src/sum.ts", 9),
  ),
  simple("shorter please", [turn("Write a description of this package")]),
  simple("in english please", [turn("Erkläre diese Funktion")]),
  simple("without the library", [turn("How do I format a date in JavaScript?")]),
  simple("Which port does this listen on by default?", at("src/server.ts", 80)),
  simple("give me some fake names and addresses for testing, about twenty, as JSON"),
  simple("add the missing alt texts to the images", at("index.html", 90, '<img src="a.png">\n')),
  simple("the table needs a header row that says Name, Price and Stock", at("list.html", 30, "<table>\n</table>\n")),
  simple("upper case the first letter of every word in this column", at("names.sql", 3, "select name from people;\n")),
  simple("how would I say this with a list comprehension", part("a.py", 5)),
  simple("Is there a way to get the last element of an array without writing length - 1?"),
  simple("what is the node version in our CI", at(".github/workflows/ci.yml", 25, "node-version: 20\n")),
  simple(
    "Could you be so kind as to go through this nginx config and tell me, line by line, what it is there for? I am mainly a front-end person.",
    at("nginx.yml", 35, "listen: 80\n"),
  ),
  simple(
    "Please rewrite this function with async/await and template literals. It must keep exactly the same behaviour, and please leave the name as it is.",
    part("src/fetch.js", 22),
  ),
  simple("the modal disappears behind the overlay", part("modal.css", 12, ".modal {\n  z-index: 1;\n}\n")),
  simple("why does my flex item not shrink?", part("card.css", 8, ".card {\n  flex: 1;\n}\n")),
  simple("delete all node_modules folders in every project under ~/code"),
  simple("how do I see all the branches that were merged already"),
  simple("count the rows per status, newest status first", part("q.sql", 4, "select * from jobs;\n")),
  simple(
    "Give every user without a role the role 'guest'",
    at("users.sql", 20, "create table users (id int, role text);\n"),
  ),
  simple("Kannst du mir bitte sagen, wie ich in JavaScript prüfe, ob ein Array leer ist?"),
  simple("Comment est-ce que je peux trier cette liste par prix ?", part("a.py", 4)),
  simple("¿Qué hace esta línea? Estoy aprendiendo.", part("src/a.js", 1)),
  simple("como posso deixar essa função mais curta?", part("src/a.js", 9)),
  simple("do that for the second function too", [turn("Add type hints to the first function")], at("a.py", 40)),
  simple("and with a different colour?", [turn("make the button blue")], part("a.css", 4, ".b {\n  color: blue;\n}\n")),
  simple("is this comma allowed", problem(part("settings.json", 3, '{ "a": 1, }\n'), "Trailing comma")),
  simple(
    "Unknown property, but I copied it from the docs?",
    problem(at("app.yml", 20, "serivces:\n"), "Property serivces is not allowed."),
  ),
  simple("Compare two dates in JavaScript, ignoring the time"),
  simple("Play a sound when the timer reaches zero", at("src/Timer.tsx", 50)),
  simple("Show the profile picture next to the name, round", at("src/Profile.tsx", 40)),
  simple("How do I wait two seconds before the next request?", part("src/a.ts", 8)),
  simple("list all pods that are not running"),
  simple("extract only the email addresses from this log"),
  simple("one line of python to flatten a list of lists"),
  simple("turn the numbers in this column into euros with two decimals", part("src/Table.tsx", 6)),
];

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

/** The part that the vocabulary and the weights may be fitted to. */
export function open(requests: readonly EditorRequest[]): EditorRequest[] {
  return requests.filter((_, index) => index % 2 === 0);
}

/** The part held back. */
export function heldBack(requests: readonly EditorRequest[]): EditorRequest[] {
  return requests.filter((_, index) => index % 2 === 1);
}

type Turn = Question["history"][number];

function simple(text: string, ...around: (ContextItem | Turn[])[]): EditorRequest {
  return request("cheap", text, around);
}

function hard(text: string, ...around: (ContextItem | Turn[])[]): EditorRequest {
  return request("frontier", text, around);
}

function request(tier: Tier, text: string, around: (ContextItem | Turn[])[]): EditorRequest {
  const context: ContextItem[] = [];
  const history: Turn[] = [];
  for (const each of around) {
    if (Array.isArray(each)) history.push(...each);
    else context.push(each);
  }
  return { tier, text, context, history };
}

function turn(question: string): Turn {
  return { question, answer: "…", failed: false, tier: "cheap", askedWith: [] };
}

/** A whole file. */
function at(path: string, lines: number, text = "const value = 1;\n"): ContextItem {
  const languageId = languages[path.slice(path.lastIndexOf(".") + 1)] ?? "plaintext";
  const times = Math.max(1, Math.floor(lines / (text.split("\n").length - 1)));
  return { kind: "file", path, languageId, text: text.repeat(times), firstLine: 1, lastLine: lines, diagnostics: [] };
}

/** Selected lines of a file. */
function part(path: string, lines: number, text?: string): ContextItem {
  return { ...at(path, lines, text), kind: "selection", firstLine: 12, lastLine: 11 + lines };
}

function problem(item: ContextItem, message: string): ContextItem {
  return { ...item, diagnostics: [{ severity: "error", line: item.firstLine, message }] };
}
