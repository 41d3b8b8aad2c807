import { describe, expect, it } from "vitest";
import type { ImageFacts } from "../../formats/image/facts.ts";
import type { PdfFacts } from "../../formats/pdf/format.ts";
import type { SentencePieceFacts } from "../../formats/sentencepiece/format.ts";
import { identifiedExaminer } from "../identified/index.ts";
import { imageExaminer, pdfExaminer, sentencepieceExaminer } from "./index.ts";

const subject = { path: "a", name: "a", size: 100, containers: [] };

describe("images", () => {
  const facts: ImageFacts = { kind: "png", width: 1, height: 1, packed: [], joined: [], endsAt: 100, size: 100 };
  it("is inert when nothing follows", () => {
    expect(imageExaminer("png").examine({ kind: "parsed", facts, anomalies: [] }, subject).findings).toEqual([]);
  });
  it("shows what follows, and foreign parts", () => {
    const anomalies = [{ kind: "foreign-part", at: 33, what: "chunk abCD of 4 bytes is no part of PNG" }];
    const { findings } = imageExaminer("png").examine({ kind: "parsed", facts: { ...facts, endsAt: 90 }, anomalies }, subject);
    expect(findings.map(({ rule, severity, where }) => [rule, severity, where.offset])).toEqual([
      ["foreign-part", "info", 33],
      ["appended-data", "medium", 90],
    ]);
  });
});

describe("PDF", () => {
  const facts: PdfFacts = { active: [], encrypted: false, closedStreams: 0, endsAt: 100, size: 100 };
  it("is inert without active content", () => {
    expect(pdfExaminer.examine({ kind: "parsed", facts, anomalies: [] }, subject)).toEqual({ findings: [], unexamined: [] });
  });
  it("is not examined where it acts or cannot be opened", () => {
    const odd = { ...facts, active: [{ name: "Launch", at: 3 }], encrypted: true, closedStreams: 2 };
    expect(pdfExaminer.examine({ kind: "parsed", facts: odd, anomalies: [] }, subject).unexamined).toEqual([
      "the PDF holds an action that starts a program (/Launch)",
      "the PDF is encrypted",
      "2 object streams of the PDF could not be opened",
    ]);
  });
});

describe("SentencePiece", () => {
  const facts: SentencePieceFacts = { pieces: 3, charsmapBytes: 0, vocabSize: 3, unknown: [], brokenAt: null, size: 100 };
  it("is inert when it holds nothing unknown", () => {
    expect(sentencepieceExaminer.examine({ kind: "parsed", facts, anomalies: [] }, subject).findings).toEqual([]);
  });
  it("shows unknown fields by their size, and what follows a break", () => {
    const unknown = [
      { field: "trainer_spec.60", at: 1, offset: 2, size: 4 },
      { field: "200", at: 9, offset: 12, size: 5000 },
    ];
    const { findings } = sentencepieceExaminer.examine({ kind: "broken", facts: { ...facts, unknown, brokenAt: 80 }, anomalies: [] }, subject);
    expect(findings.map(({ rule, severity, where }) => [rule, severity, where.offset])).toEqual([
      ["foreign-part", "info", 1],
      ["foreign-part", "medium", 9],
      ["appended-data", "medium", 80],
    ]);
  });
});

it("says of an identified format that it has no examiner", () => {
  const facts = { id: "hdf5", name: "HDF5 file", size: 3, pickles: [] };
  expect(identifiedExaminer("hdf5").examine({ kind: "parsed", facts, anomalies: [] }, subject)).toEqual({
    findings: [],
    unexamined: ["HDF5 file: no examiner yet"],
  });
});
