import { pino } from "pino";
import { forTerminal, jsonText } from "../../escape.ts";
import type { LogLevel } from "../configuration/index.ts";
import { loggable } from "./loggable.ts";
import { redact } from "./redact.ts";

export type Logger = pino.Logger;

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Lines for a person instead of JSON. */
  readonly human: boolean;
  readonly now: () => Date;
  readonly write: (line: string) => void;
}

/**
 * The server's own log: one line an event, JSON or for a person. Whatever is given to it, a line holds no secret that can be told from its name or its
 * looks, and nothing that ends a line, acts on a terminal or is a command to a CI runner.
 */
export function createLogger({ level, human, now, write }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${now().toISOString()}"`,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => membersOf(loggable(fields)),
      },
      serializers: { err: (error) => error }, // `loggable` has taken it apart
    },
    {
      write: (line: string) => {
        const event = membersOf(redact(JSON.parse(line))); // not the line itself: in JSON, what is escaped hides where a word begins
        write(`${human ? humanLine(event) : jsonText(event)}\n`);
      },
    },
  );
}

export interface StandardErrorLog {
  readonly logger: Logger;
  /** Writes what is still waiting. */
  close(): void;
}

/** A log on stderr that nobody waits for: lines are written in the background, in order. */
export function standardErrorLog(options: Omit<LoggerOptions, "write">): StandardErrorLog {
  const sink = pino.destination({ dest: 2, sync: false });
  return {
    logger: createLogger({ ...options, write: (line) => void sink.write(line) }),
    close: () => {
      try {
        sink.flushSync();
      } catch {
        // nobody reads stderr any more
      }
    },
  };
}

function membersOf(fields: unknown): Record<string, unknown> {
  return typeof fields === "object" && fields !== null ? { ...fields } : {};
}

/** `12:30:00 WARN  message name=value`. */
function humanLine({ time, level, msg, ...fields }: Readonly<Record<string, unknown>>): string {
  const rest = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === "string" && /^[!-~]+$/.test(value) ? value : JSON.stringify(value)}`,
  );
  return forTerminal([String(time).slice(11, 19), String(level).toUpperCase().padEnd(5), msg ?? "", ...rest].join(" "));
}
