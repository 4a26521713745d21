// Loaded before Portkey's gateway, which knows no address to listen on: on all of them anybody near could have it ask
// what runs on this machine. Says the port, too, which the system chooses.
import { Server } from "node:net";

const { listen } = Server.prototype;

Server.prototype.listen = function listenOnLoopback(port, ...rest) {
  this.once("listening", () => console.log(`listening on loopback port ${this.address().port}`));
  return listen.call(
    this,
    { port, host: "127.0.0.1" },
    rest.find((each) => typeof each === "function"),
  );
};

// Whoever started it may be ended before it can end this.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.exit();
}, 1000).unref();
