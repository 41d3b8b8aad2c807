import { describe, expect, it } from "vitest";
import { addressKind } from "./address-rules.ts";
import { type Lookup, resolveUpstream } from "./upstream-address.ts";

const nobody: Lookup = async (name) => {
  throw new Error(`asked for ${name}`);
};
const leadsTo =
  (...addresses: readonly string[]): Lookup =>
  async () =>
    addresses.map((address) => ({ address }));

describe("resolveUpstream", () => {
  it.each([
    ["http://127.0.0.1:8000", ["127.0.0.1"]],
    ["http://[::1]:8000/base", ["::1"]],
    ["http://10.1.2.3", ["10.1.2.3"]],
    ["http://172.31.0.1:8080/", ["172.31.0.1"]],
    ["http://192.168.1.9:11434", ["192.168.1.9"]],
    ["http://100.64.0.7:8000", ["100.64.0.7"]],
    ["http://[fd12:3456::1]:8000", ["fd12:3456::1"]],
    ["https://8.8.8.8/team/a", ["8.8.8.8"]],
  ])("takes %s without asking for a name", async (url, addresses) => {
    expect(await resolveUpstream(url, { lookup: nobody })).toEqual(addresses);
  });

  it("pins all addresses of a name, each once", async () => {
    expect(await resolveUpstream("https://models.example", { lookup: leadsTo("10.0.0.5", "10.0.0.6", "10.0.0.5") })).toEqual([
      "10.0.0.5",
      "10.0.0.6",
    ]);
  });

  it.each([
    ["http://169.254.169.254/", "metadata service"],
    ["http://2852039166/", "metadata service"], // decimal
    ["http://0xa9fea9fe/", "metadata service"], // hexadecimal
    ["http://0251.0376.0251.0376/", "metadata service"], // octal
    ["http://169.254.43518/", "metadata service"], // three parts
    ["http://[::ffff:169.254.169.254]/", "metadata service"],
    ["http://[::ffff:a9fe:a9fe]/", "metadata service"],
    ["http://[::169.254.169.254]/", "metadata service"],
    ["http://[64:ff9b::169.254.169.254]/", "metadata service"],
    ["http://[2002:a9fe:a9fe::1]/", "metadata service"],
    ["http://[2001:0:1:2:3:4:5601:5601]/", "metadata service"], // Teredo
    ["http://[2001:db8::5efe:169.254.169.254]/", "metadata service"], // ISATAP
    ["http://[fd00:ec2::254]/", "metadata service"],
    ["http://[fd20:ce::254]/", "metadata service"],
    ["http://100.100.100.200/", "metadata service"],
    ["http://168.63.129.16/", "metadata service"],
    ["http://metadata.google.internal/", "metadata service"],
    ["http://METADATA.google.internal./", "metadata service"],
    ["http://169.254.1.1/", "link-local"],
    ["http://[fe80::1]/", "link-local"],
    ["http://[febf::1]/", "link-local"],
    ["http://0.0.0.0:8000/", "not the address of one machine"],
    ["http://0:8000/", "not the address of one machine"],
    ["http://[::]:8000/", "not the address of one machine"],
    ["http://[::ffff:0.0.0.0]:8000/", "not the address of one machine"],
    ["http://224.0.0.1/", "not the address of one machine"],
    ["http://[ff02::1]/", "not the address of one machine"],
    ["http://255.255.255.255/", "not the address of one machine"],
    ["http://8.8.8.8/", "plain HTTP"],
    ["http://[::ffff:8.8.8.8]/", "plain HTTP"],
    ["http://[2606:4700::1111]/", "plain HTTP"],
    ["ftp://127.0.0.1/", "only http and https"],
    ["file:///etc/passwd", "only http and https"],
    ["unix:/run/model.sock", "only http and https"],
    ["127.0.0.1:8000", "not a URL"],
    ["http://user@127.0.0.1/", "password"],
    ["http://user:secret@127.0.0.1/", "password"],
    ["http://127.0.0.1/?key=secret", "query"],
    ["http://127.0.0.1/?", "query"],
    ["http://127.0.0.1/#x", "query"],
    ["http://127.0.0.1\\@example.com/", "more than one way"],
    ["http://127.0.0.1/a%2f..%2fb", "more than one way"],
    ["http://127.0.0.1:8000/v1", "/v1"],
    ["http://127.0.0.1:8000/v1/", "/v1"],
    ["http://127.0.0.1:0/", "machine and port"],
    ["http://127.0.0.1:25/", "port 25"],
    ["https://127.0.0.1:22/", "port 22"],
    ["http://127.0.0.1:6667/", "port 6667"],
  ])("refuses %s (%s)", async (url, why) => {
    await expect(resolveUpstream(url, { lookup: nobody })).rejects.toMatchObject({
      code: "WB_GATEWAY_UPSTREAM_REFUSED",
      message: expect.stringContaining(why),
    });
  });

  it("never repeats a password", async () => {
    const refused = resolveUpstream("http://user:hunter2@127.0.0.1/", { lookup: nobody });
    await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining("hunter2") });
  });

  it.each([
    ["a metadata service among others", ["10.0.0.5", "169.254.169.254"], "metadata service"],
    ["a link-local address with a zone", ["fe80::1%eth0"], "link-local"],
    ["the internet, without TLS", ["10.0.0.5", "93.184.216.34"], "plain HTTP"],
    ["nothing", [], "no address"],
    ["something that is no address", ["models.example"], "no IP address"],
  ])("refuses a name that leads to %s", async (_what, addresses, why) => {
    await expect(resolveUpstream("http://models.example:8000", { lookup: leadsTo(...addresses) })).rejects.toMatchObject({
      code: "WB_GATEWAY_UPSTREAM_REFUSED",
      message: expect.stringContaining(why),
    });
  });

  it("refuses a name that nobody knows, and keeps why", async () => {
    await expect(resolveUpstream("http://models.example:8000", { lookup: nobody })).rejects.toMatchObject({
      code: "WB_GATEWAY_UPSTREAM_REFUSED",
      cause: expect.objectContaining({ message: "asked for models.example" }),
    });
  });
});

describe("addressKind", () => {
  it.each([
    ["127.0.0.1", "here"],
    ["::1", "here"],
    ["::ffff:127.0.0.1", "here"],
    ["::ffff:10.0.0.1", "here"],
    ["64:ff9b::c0a8:101", "here"],
    ["2002:7f00:1::", "here"],
    ["fe7f::1", "public"],
    ["172.32.0.1", "public"],
    ["100.128.0.1", "public"],
    ["2001:4860:4860::8888", "public"],
  ])("takes %s for %s", (address, kind) => {
    expect(addressKind(address)).toEqual({ kind });
  });
});
