import { expect, it } from "vitest";
import { serverAddress } from "./server-address.ts";

it.each([
  ["https://weighbridge.example.com", "https://weighbridge.example.com"],
  ["https://weighbridge.example.com:8443/", "https://weighbridge.example.com:8443"],
  ["http://127.0.0.1:8787", "http://127.0.0.1:8787"],
  ["http://127.8.9.1", "http://127.8.9.1"],
  ["http://localhost:8787/", "http://localhost:8787"],
  ["http://[::1]:8787", "http://[::1]:8787"],
])("%s is taken", (text, origin) => {
  expect(serverAddress(text).origin).toBe(origin);
});

it.each([
  ["weighbridge.example.com", "is no URL"],
  ["ftp://127.0.0.1", "is no URL"],
  ["", "is no URL"],
  ["http://weighbridge.example.com", "is not encrypted"],
  ["http://10.0.0.1:8787", "is not encrypted"],
  ["http://127.0.0.1.example.com", "is not encrypted"],
  ["http://localhost.example.com", "is not encrypted"],
  ["http://[::ffff:10.0.0.1]", "is not encrypted"],
  ["https://ada:secret@weighbridge.example.com", "a name or a password"],
  ["https://weighbridge.example.com/api/v1", "goes on after"],
  ["https://weighbridge.example.com/?token=secret", "goes on after"],
  ["https://weighbridge.example.com/#secret", "goes on after"],
])("%s is refused: %s", (text, why) => {
  expect(() => serverAddress(text)).toThrow(expect.objectContaining({ code: "WB_REMOTE_ADDRESS", message: expect.stringContaining(why) }));
  expect(() => serverAddress(text)).not.toThrow(/secret/);
});
