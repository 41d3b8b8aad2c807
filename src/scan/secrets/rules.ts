import type { Rule } from "../../finding.ts";

const LEAKED =
  "Whoever downloads the artifact can use it, without any loader, until it is revoked, whether or not it is removed from later versions.";
const REVOKE = "Look at the offset given; if it was ever valid, revoke it where it was issued, and only then remove it.";

export const LEAK_RULES = {
  privateKey: {
    id: "private-key",
    summary: "a private key left in the artifact",
    gain: LEAKED,
    check: "Look at the offset given (`openssl pkey -noout -text`, `ssh-keygen -y`); if the key was ever used, replace it everywhere it is trusted.",
    references: ["https://cwe.mitre.org/data/definitions/540.html"],
  },
  secret: {
    id: "secret",
    summary: "a credential left in the artifact",
    gain: LEAKED,
    check: REVOKE,
    references: ["https://cwe.mitre.org/data/definitions/798.html", "https://github.com/gitleaks/gitleaks"],
  },
  email: {
    id: "personal-email",
    summary: "an e-mail address in a configuration or in metadata",
    gain: "It tells who made or ran the model, and where a convincing message to that person would go.",
    check: "Ask whether the person wants to be named here; authors are named in the README.",
    references: ["https://cwe.mitre.org/data/definitions/359.html"],
  },
  homePath: {
    id: "home-path",
    summary: "the path of a home folder in a configuration or in metadata",
    gain: "It tells the account of whoever wrote the file, and how folders are laid out on their machine.",
    check: "Replace it by a relative path, or remove it: nobody else has that folder.",
    references: ["https://cwe.mitre.org/data/definitions/497.html"],
  },
} as const satisfies Record<string, Rule>;
