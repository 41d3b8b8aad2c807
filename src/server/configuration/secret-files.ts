import type { Conflict } from "./conflicts.ts";
import { readSmallFile, reasonOf, type SmallFile } from "./files.ts";
import type { Settings } from "./schema.ts";
import { Secret } from "./secret.ts";

const MAX_BYTES = 64 * 2 ** 10;

export interface ReadFiles {
  /** The client secret; null where there is none. */
  readonly clientSecret: Secret | null;
  readonly problems: readonly Conflict[];
}

/**
 * Reads what settings name: the client secret is kept, of certificate and key it is found out now whether they can be read. A path is never repeated in
 * a problem, as somebody may have written the secret itself there.
 */
export function readFiles({ tls, oidc }: Settings, fromEnvironment: string | undefined): ReadFiles {
  const problems: Conflict[] = [];
  const read = (settings: Conflict["settings"], path: string, isSecret: boolean): SmallFile | null => {
    const name = settings[0]?.join(".") ?? "";
    try {
      const file = readSmallFile(path, MAX_BYTES);
      if (!isSecret || (file.mode & 0o007) === 0) return file;
      problems.push({ code: "WB_CONFIG_SECRET", message: `the file that ${name} names is open to every user`, hint: "chmod 600 it.", settings });
    } catch (error) {
      problems.push({
        code: "WB_CONFIG_NAMED_FILE",
        message: `the file that ${name} names ${reasonOf(error)}`,
        hint: "Give the path of a file that this user can read.",
        settings,
      });
    }
    return null;
  };
  if (tls !== null) {
    read([["tls", "certificate"]], tls.certificate, false);
    read([["tls", "key"]], tls.key, true);
  }
  if (fromEnvironment !== undefined && fromEnvironment !== "") return { clientSecret: new Secret(fromEnvironment), problems };
  if (oidc === null || oidc.clientSecretFile === null) return { clientSecret: null, problems };
  const settings = [["oidc", "clientSecretFile"]];
  const file = read(settings, oidc.clientSecretFile, true);
  const text = file === null ? "" : new TextDecoder().decode(file.bytes).replace(/\r?\n$/, "");
  if (file !== null && text === "")
    problems.push({
      code: "WB_CONFIG_SECRET",
      message: "the file that oidc.clientSecretFile names is empty",
      hint: "Write the secret into it.",
      settings,
    });
  return { clientSecret: text === "" ? null : new Secret(text), problems };
}
