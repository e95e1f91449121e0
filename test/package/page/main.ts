/** A page as people build it: what trains is a module worker, and what it answers is kept for the test. */
const worker = new Worker(new URL("./trainer.ts", import.meta.url), { type: "module" });
const answer = new Promise<unknown>((resolve, reject) => {
  worker.addEventListener("message", ({ data }) => resolve(data));
  worker.addEventListener("error", ({ message }) => reject(new Error(message || "the trainer did not load")));
});
Object.assign(globalThis, { answer });
