// A picture kept in step with the kernel: its state when the page opens, then numbered differences.

export class Store {
  constructor(model, trait, apply, show) {
    this.model = model;
    this.apply = apply; // (data, message) => changes data
    this.show = show; // (message) => draws
    this.data = structuredClone(model.get(trait));
    this.receive = this.receive.bind(this);
    model.on("msg:custom", this.receive);
    model.send({ do: "resync" }); // a view that opens later than the model finds old state there
  }

  receive(message) {
    if (message.kind === "whole") {
      this.data = message.data;
    } else if (message.kind === "change") {
      if (message.n <= this.data.n) return;
      if (message.n !== this.data.n + 1) {
        this.model.send({ do: "resync" });
        return;
      }
      this.apply(this.data, message);
      this.data.n = message.n;
    } else {
      return;
    }
    this.show(message);
  }

  close() {
    this.model.off("msg:custom", this.receive);
  }
}

// Rows by key: `set` holds new and changed ones, `gone` the keys of those that left.
export function applyRows(rows, difference) {
  for (const key of difference?.gone ?? []) delete rows[key];
  Object.assign(rows, difference?.set ?? {});
}
