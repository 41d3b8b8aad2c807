import { api } from "../../api/api.ts";
import { RequestFailed } from "../../api/failure.ts";
import { refusal } from "../../api/request.ts";
import type { Job } from "../../api/types.ts";

/** A file of a folder that somebody chose, under its path within that folder. */
export interface Chosen {
  readonly path: string;
  readonly file: File;
}

/** Files of an `<input webkitdirectory>`, without the folder's own name; and that name. */
export function chosenFrom(list: FileList): { readonly folder: string; readonly files: readonly Chosen[] } {
  const files = [...list];
  const folder = files[0]?.webkitRelativePath.split("/")[0] ?? "";
  return {
    folder,
    files: files.map((file) => ({ file, path: file.webkitRelativePath === "" ? file.name : file.webkitRelativePath.slice(folder.length + 1) })),
  };
}

const SLICE_BYTES = 8 * 1024 * 1024;

/** Uploads the files, a slice at a time, and asks for the admission. `sent` is told the bytes so far. Throws RequestFailed, or what `signal` aborts with. */
export async function submitFolder(name: string, files: readonly Chosen[], sent: (bytes: number) => void, signal: AbortSignal): Promise<Job> {
  const { id } = await api.createUpload({ name, files: files.map(({ path, file }) => ({ path, size: file.size })) });
  try {
    let bytes = 0;
    for (const [n, { file }] of files.entries()) {
      for (let offset = 0; offset < file.size; offset += SLICE_BYTES) {
        const slice = file.slice(offset, offset + SLICE_BYTES);
        await putSlice(id, n, slice, offset, signal);
        bytes += slice.size;
        sent(bytes);
      }
    }
    return await api.admitUpload(id);
  } catch (error) {
    await api.removeUpload(id).catch(() => null); // what is not removed now, the server removes in time
    throw error;
  }
}

async function putSlice(id: string, n: number, slice: Blob, offset: number, signal: AbortSignal): Promise<void> {
  let response: Response;
  try {
    response = await fetch(`/api/v1/uploads/${encodeURIComponent(id)}/files/${n}`, {
      method: "PUT",
      credentials: "same-origin",
      headers: { "content-type": "application/octet-stream", "upload-offset": String(offset) },
      body: slice,
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof TypeError ? new RequestFailed({ kind: "unreachable" }) : error;
  }
  if (!response.ok) throw await refusal(response);
}
