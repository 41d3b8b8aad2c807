/** What clients of OpenAI's dialect take as base URL. */
export function baseUrlOf(gateway: string): string {
  return `${gateway.replace(/\/(v1\/?)?$/, "")}/v1`;
}

/** A line for a POSIX shell that asks one deployment. The token comes from the environment, so that it lands in no shell history. */
export function curlFor(gateway: string, deployment: string): string {
  const body = JSON.stringify({ model: deployment, messages: [{ role: "user", content: "Say hello." }] });
  return `curl ${quoted(`${baseUrlOf(gateway)}/chat/completions`)} -H "authorization: Bearer $WEIGHBRIDGE_TOKEN" -H 'content-type: application/json' -H 'x-weighbridge-data-class: internal' -d ${quoted(body)}`;
}

/** In single quotes nothing means anything to a shell but the quote itself. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
