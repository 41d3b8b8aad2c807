import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { type WrittenArchive, type WrittenMember, writeZip } from "../fixtures/containers/zip-writer.ts";
import { assemble } from "../fixtures/pickle/assemble.ts";
import { write7z } from "../fixtures/sevenzip/writer.ts";
import type { Files } from "../techniques/technique.ts";
import type { RuleExample } from "./example.ts";

const CONFIG = '{"model_type":"gpt2"}\n';
const config = { name: "config.json", data: CONFIG };
const pickle = { name: "a.pkl", data: assemble(["PROTO", 4], "EMPTY_DICT", "STOP") };
const zip = (members: readonly WrittenMember[], archive?: WrittenArchive): Files => ({ "weights.zip": writeZip(members, archive) });
const honestZip = zip([config]);

type Named = { readonly name: string; readonly content: Uint8Array };
const named = (name: string): Named => ({ name, content: Buffer.from(CONFIG) });
const sevenZip = (...files: Parameters<typeof write7z>[0]["files"]): Files => ({ "weights.7z": write7z({ files }) });

const tar = (name: string): Files => ({ "weights.tar": readFileSync(new URL(`../fixtures/tar/${name}`, import.meta.url)) });
const ordinaryTar = tar("ustar.tar");
/** Its only file stands at 512: a header and a block of content. */
const ustar = readFileSync(new URL("../fixtures/tar/ustar.tar", import.meta.url));
const twice = Buffer.concat([ustar.subarray(0, 1536), ustar.subarray(512)]);

const ZIP_EXAMPLES: readonly RuleExample[] = [
  {
    rule: "zip-slip",
    severity: "high",
    fires: { what: "A zip archive with the member `../../.bashrc`.", files: zip([{ name: "../../.bashrc", data: "true\n" }]) },
    silent: { what: "A zip archive with the member `a/..b/config.json`.", files: zip([{ ...config, name: "a/..b/config.json" }]) },
  },
  {
    rule: "zip-structure",
    severity: "medium",
    fires: { what: "A zip archive whose end record counts one of two members.", files: zip([config, { ...config, name: "b.json" }], { count: 1 }) },
    silent: { what: "A zip archive whose end record counts its two members.", files: zip([config, { ...config, name: "b.json" }]) },
  },
  {
    rule: "zip-checksum",
    severity: "medium",
    fires: { what: "A zip archive with a member of another CRC-32 than stated.", files: zip([{ ...config, crc32: 1 }]) },
    silent: { what: "A zip archive with the right CRC-32.", files: honestZip },
  },
  {
    rule: "zip-flags",
    severity: "medium",
    fires: { what: "A zip archive with a plain member that is marked as encrypted.", files: zip([{ ...config, flags: 1 }]) },
    silent: { what: "A zip archive with a member whose name is marked as UTF-8.", files: zip([{ ...config, flags: 0x800 }]) },
  },
  {
    rule: "zip-duplicate",
    severity: "medium",
    fires: { what: "A zip archive with `config.json` twice, each time with other content.", files: zip([config, { ...config, data: "{}" }]) },
    silent: { what: "A zip archive with `config.json` in two folders.", files: zip([config, { name: "b/config.json", data: "{}" }]) },
  },
  {
    rule: "zip-name",
    severity: "medium",
    fires: { what: "A zip archive with the member `a\\config.json`.", files: zip([{ ...config, name: "a\\config.json" }]) },
    silent: { what: "A zip archive with the member `a/config.json`.", files: zip([{ ...config, name: "a/config.json" }]) },
  },
  {
    rule: "zip-bomb",
    severity: "medium",
    fires: {
      what: "A zip archive with a member that inflates a thousandfold.",
      files: zip([{ name: "a.txt", data: " ".repeat(6_000_000), deflate: true }]),
    },
    silent: {
      what: "A zip archive with a text that is one line a thousand times.",
      files: zip([{ name: "a.txt", data: "the same line, again and again\n".repeat(1000), deflate: true }]),
    },
  },
  {
    rule: "shared-bytes",
    severity: "info",
    fires: {
      what: "A zip archive with fifty names for one pickle.",
      files: zip([pickle, ...Array.from({ length: 50 }, (_, i): WrittenMember => ({ ...pickle, name: `${i}.pkl`, only: "central", offset: 0 }))]),
    },
    silent: { what: "A zip archive with the same pickle under two names, and two places.", files: zip([pickle, { ...pickle, name: "b.pkl" }]) },
  },
];

const OTHER_EXAMPLES: readonly RuleExample[] = [
  {
    rule: "tar-slip",
    severity: "high",
    fires: { what: "A tar archive with members and links that lead out of the folder.", files: tar("slip.tar") },
    silent: { what: "A tar archive with a folder and files in it.", files: ordinaryTar },
  },
  {
    rule: "tar-special",
    severity: "medium",
    fires: { what: "A tar archive with a device and a pipe.", files: tar("device.tar") },
    silent: { what: "A tar archive with files and folders only.", files: ordinaryTar },
  },
  {
    rule: "tar-structure",
    severity: "medium",
    fires: { what: "A tar archive with one member twice.", files: { "weights.tar": twice } },
    silent: { what: "A tar archive with each member once.", files: ordinaryTar },
  },
  {
    rule: "7z-slip",
    severity: "high",
    fires: { what: "A 7z archive with the member `../config.json`.", files: sevenZip(named("../config.json")) },
    silent: { what: "A 7z archive with the member `a/..config.json`.", files: sevenZip(named("a/..config.json")) },
  },
  {
    rule: "7z-anti-item",
    severity: "medium",
    fires: { what: "A 7z archive that deletes `config.json` where it is extracted.", files: sevenZip({ name: "config.json", anti: true }) },
    silent: { what: "A 7z archive with a folder without content.", files: sevenZip({ name: "assets" }, named("config.json")) },
  },
  {
    rule: "7z-structure",
    severity: "medium",
    fires: {
      what: "A 7z archive with words between its data and its headers.",
      files: { "weights.7z": write7z({ files: [named("config.json")], gap: Buffer.from("words") }) },
    },
    silent: { what: "A 7z archive without bytes that belong to nobody.", files: sevenZip(named("config.json")) },
  },
  {
    rule: "compressed-trailing",
    severity: "medium",
    fires: { what: "A gzip stream with words behind its end.", files: { "config.json.gz": Buffer.concat([gzipSync(CONFIG), Buffer.from("words")]) } },
    silent: {
      what: "Two gzip streams one after the other, which is one for every reader.",
      files: { "config.json.gz": Buffer.concat([gzipSync("{"), gzipSync("}")]) },
    },
  },
];

export const ARCHIVE_EXAMPLES: readonly RuleExample[] = [...ZIP_EXAMPLES, ...OTHER_EXAMPLES];
