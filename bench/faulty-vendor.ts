import { createServer, type ServerResponse } from "node:http";

/**
 * Three vendors on loopback in a process of their own, each with a share of faults that its parent sets. Tells its parent
 * where they listen; ends with it.
 */
const words = Array.from({ length: 64 }, (_, index) => `word${index} `);
const chunk = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const usage = `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 100, completion_tokens: 128 } })}\n\n`;
const end = `${chunk({}, "stop")}${usage}data: [DONE]\n\n`;

let share = 0;
let seed = 1;
/** Park and Miller's generator: the same faults in every run. */
const random = (): number => {
  seed = (seed * 48_271) % 2_147_483_647;
  return seed / 2_147_483_647;
};

const json = (response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void => {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
};
const stream = (response: ServerResponse): void => {
  response.writeHead(200, { "content-type": "text/event-stream" });
};

const faults: readonly ((response: ServerResponse) => void)[] = [
  (response) => json(response, 500, { error: { message: "broken" } }),
  (response) => json(response, 503, { error: { message: "busy" } }),
  (response) => json(response, 429, { error: { message: "slow down" } }, { "retry-after": "1" }),
  (response) => json(response, 200, { error: { message: "an error in a 200" } }),
  (response) => response.writeHead(200, { "content-type": "text/html" }).end("<html>log in</html>"),
  (response) => response.destroy(),
  (response) => {
    stream(response);
    response.end(end);
  },
  (response) => {
    stream(response);
    response.write(": nothing yet\n\n");
  },
  (response) => {
    stream(response);
    for (const word of words.slice(0, 32)) response.write(chunk({ content: word }));
    setTimeout(() => response.destroy(), 5);
  },
  (response) => {
    stream(response);
    for (const word of words.slice(0, 32)) response.write(chunk({ content: word }));
  },
  (response) => {
    stream(response);
    response.write(words.map((word) => chunk({ content: word })).join(""));
    response.end();
  },
  (response) => {
    stream(response);
    response.write(`${chunk({ content: words[0] })}data: {"choices": [\n\n`);
    response.end(end);
  },
];

const origins: string[] = [];
for (let index = 0; index < 3; index += 1) {
  const server = createServer((request, response) => {
    request.resume();
    request.once("end", () => {
      if (random() < share) {
        faults[Math.floor(random() * faults.length)]?.(response);
        return;
      }
      stream(response);
      for (const word of words) response.write(chunk({ content: word }));
      response.end(end);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  origins.push(`http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`);
}
process.on("message", (wanted) => {
  share = Number(wanted);
  process.send?.("set");
});
process.send?.(origins);
process.once("disconnect", () => process.exit(0));
