// Exit 0 when the server in this container is ready to work. It asks on loopback, over TLS where that is spoken: the certificate is for another name, and
// nothing is sent that anybody could want.
import { get as getPlain } from "node:http";
import { get as getSecure } from "node:https";

const port = Number(process.argv[2] ?? process.env.WEIGHBRIDGE_SERVER_PORT ?? 8787);
const options = { host: "127.0.0.1", port, path: "/readyz", headers: { host: `127.0.0.1:${port}` }, rejectUnauthorized: false, timeout: 3000 };

/** @param {typeof getPlain} get */
function statusBy(get) {
  return new Promise((resolve) => {
    const request = get(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on("error", () => resolve(undefined)).on("timeout", () => request.destroy());
  });
}

const isReady = (await statusBy(getSecure)) === 200 || (await statusBy(getPlain)) === 200;
process.exit(isReady ? 0 : 1);
