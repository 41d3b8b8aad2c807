import { Counter, Gauge, type Registry } from "prom-client";

/** What is asked each time that somebody collects the metrics. What throws is left out that time, and counted. */
export interface Readings {
  /** Artifacts by the decision that counts: allow, deny, hold. */
  artifacts(): Counts | Promise<Counts>;
  /** Examinations by state: queued, running, done, failed, cancelled. */
  jobs(): Counts | Promise<Counts>;
  /** Deployments by the standing of their ticket. */
  deployments(): Counts | Promise<Counts>;
  logEntries(): number | Promise<number>;
  callsInFlight(): number;
  /** Requests to the gateway without a valid token, since the start. */
  unauthenticated(): number;
}

export type Counts = Readonly<Record<string, number>>;

/** Declares a gauge for each reading. */
export function readingMetrics(registry: Registry, readings: Readings): void {
  const registers = [registry];
  const failed = new Counter({
    name: "weighbridge_reading_errors_total",
    help: "Readings that are missing among the metrics because they could not be taken.",
    labelNames: ["reading"],
    registers,
  });
  const taken = async <T>(reading: keyof Readings, take: () => T | Promise<T>, use: (value: T) => void): Promise<void> => {
    try {
      use(await take());
    } catch {
      failed.inc({ reading });
    }
  };
  const counted = (name: string, help: string, label: string, reading: "artifacts" | "jobs" | "deployments") =>
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers,
      async collect() {
        this.reset();
        await taken<Counts>(
          reading,
          () => readings[reading](),
          (counts) => {
            for (const [value, count] of Object.entries(counts)) this.set({ [label]: value }, count);
          },
        );
      },
    });
  counted("weighbridge_registry_artifacts", "Artifacts, by the decision that counts.", "decision", "artifacts");
  counted("weighbridge_jobs", "Examinations that the server was asked for.", "state", "jobs");
  counted("weighbridge_deployments", "Deployments, by the standing of their ticket. Only good is served.", "standing", "deployments");
  new Gauge({
    name: "weighbridge_log_entries",
    help: "Entries of the transparency log.",
    registers,
    async collect() {
      this.remove();
      await taken(
        "logEntries",
        () => readings.logEntries(),
        (entries) => this.set(entries),
      );
    },
  });
  new Gauge({
    name: "weighbridge_gateway_calls_in_flight",
    help: "Calls that are not at their end.",
    registers,
    async collect() {
      this.remove();
      await taken(
        "callsInFlight",
        () => readings.callsInFlight(),
        (calls) => this.set(calls),
      );
    },
  });
  new Counter({
    name: "weighbridge_gateway_unauthenticated_requests_total",
    help: "Requests to the gateway without a valid token.",
    registers,
    async collect() {
      this.reset();
      await taken(
        "unauthenticated",
        () => readings.unauthenticated(),
        (requests) => this.inc(requests),
      );
    },
  });
}
