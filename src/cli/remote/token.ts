import { readSmallFile, reasonOf } from "../../server/configuration/files.ts";
import { RemoteError } from "./errors.ts";

const MAX_BYTES = 4096;

/** The token by which a server knows who asks: from a file that nobody else can read, else from `WEIGHBRIDGE_TOKEN`. Throws RemoteError WB_REMOTE_TOKEN. */
export function tokenFrom({ file, env }: { readonly file: string | undefined; readonly env: string | undefined }): string {
  const token = (file === undefined ? (env ?? "") : readToken(file)).trim();
  if (token === "")
    throw refusal(
      "there is no token to show to the server",
      "Set WEIGHBRIDGE_TOKEN, or give --token-file FILE. On the server, weighbridge token create --name NAME --scope api --role operator makes one.",
    );
  if (!/^[\x21-\x7e]+$/.test(token)) throw refusal("the token is none that weighbridge token create prints", "Give the token alone, on one line.");
  return token;
}

function readToken(file: string): string {
  let read: ReturnType<typeof readSmallFile>;
  try {
    read = readSmallFile(file, MAX_BYTES);
  } catch (error) {
    throw refusal(`the token file ${file} ${reasonOf(error)}`, "Give the path of a file with the token in it.");
  }
  if ((read.mode & 0o077) !== 0)
    throw refusal(`other users can read the token file ${file}`, `chmod 600 ${file}, and if they may have read it, make a new token.`);
  return Buffer.from(read.bytes).toString("utf8");
}

function refusal(message: string, hint: string): RemoteError {
  return new RemoteError("WB_REMOTE_TOKEN", message, { hint });
}
