export { LogError, type LogErrorCode } from "./errors.ts";
export type { Appended, Appender, LogOptions, LogStep, LogWriter, Projector } from "./log.ts";
export { type Note, parseNote, type VerifiedNote, verifyNote } from "./note.ts";
export { formatSignerKey, type NoteSigner, type NoteVerifier, noteSigner, parseSignerKey, parseVerifierKey } from "./note-key.ts";
