import { createSign, generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { connect } from "node:tls";
import { describe, expect, it } from "vitest";
import { COMPLETION, chat, JSON_TYPE, TOKEN, world } from "./gateway-world.ts";

/** A key and a certificate of its own for 127.0.0.1 and localhost (RFC 5280), in PEM. */
function selfSigned(): { readonly key: string; readonly cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ecdsaSha256 = der(0x30, Buffer.from("06082a8648ce3d040302", "hex"));
  const name = der(0x30, der(0x31, der(0x30, Buffer.from("0603550403", "hex"), der(0x0c, Buffer.from("localhost")))));
  const names = der(0x30, der(0x82, Buffer.from("localhost")), der(0x87, Buffer.from([127, 0, 0, 1])));
  const extensions = der(0xa3, der(0x30, der(0x30, Buffer.from("0603551d11", "hex"), der(0x04, names))));
  const time = (text: string) => der(0x18, Buffer.from(text));
  const body = der(
    0x30,
    der(0xa0, Buffer.from("020102", "hex")),
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    ecdsaSha256,
    name,
    der(0x30, time("20200101000000Z"), time("21200101000000Z")),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    extensions,
  );
  const signature = createSign("sha256").update(body).sign(privateKey);
  const certificate = der(0x30, body, ecdsaSha256, der(0x03, Buffer.of(0), signature));
  const lines = certificate.toString("base64").replace(/.{64}/g, "$&\n");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const value = Buffer.concat(parts);
  const length = value.length < 128 ? [value.length] : value.length < 256 ? [0x81, value.length] : [0x82, value.length >> 8, value.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), value]);
}

/** What comes back over TLS for one request. */
function asked(port: number, ca: string, options: { readonly maxVersion?: "TLSv1.1" } = {}): Promise<string> {
  return new Promise((done, failed) => {
    const socket = connect({ port, host: "127.0.0.1", ca, ...options }, () => {
      socket.write(`GET /v1/models HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${TOKEN}\r\nconnection: close\r\n\r\n`);
    });
    let text = "";
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      text += chunk;
    });
    socket.on("end", () => done(text));
    socket.on("error", failed);
  });
}

describe("TLS", () => {
  it("is what the gateway speaks when it is given a certificate, and nothing older than 1.2", async () => {
    const tls = selfSigned();
    await using gateway = await world({ options: { tls } });
    const { protocol, port } = new URL(gateway.address);
    expect(protocol).toBe("https:");
    expect(await asked(Number(port), tls.cert)).toMatch(/^HTTP\/1\.1 200 /);
    await expect(asked(Number(port), tls.cert, { maxVersion: "TLSv1.1" })).rejects.toThrow();
    await expect(asked(Number(port), selfSigned().cert)).rejects.toThrow();
  });

  it("of a model server whose certificate nobody vouches for is not spoken: no prompt is sent", async () => {
    let requests = 0;
    const server = createServer(selfSigned(), (_request, response) => {
      requests++;
      response.writeHead(200, JSON_TYPE).end(JSON.stringify(COMPLETION));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo; // it listens on TCP
    await using gateway = await world({ deployment: { upstream: { url: `https://localhost:${port}`, addresses: ["127.0.0.1"], model: null } } });
    const answer = await chat(gateway.address);
    expect([answer.status, JSON.parse(await answer.text()).error.code, requests]).toEqual([502, "upstream_unavailable", 0]);
    server.close();
  });
});
