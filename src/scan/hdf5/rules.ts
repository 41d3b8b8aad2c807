import type { Rule } from "../../finding.ts";

const FORMAT = "https://support.hdfgroup.org/documentation/hdf5/latest/_s_p_e_c.html";

export const HDF5_RULES = {
  outward: {
    id: "hdf5-external",
    summary: "an object that takes its bytes from another file",
    gain: "Loading the model reads that file on the machine that loads it, into weights that can be read back or sent on; a second file can be swapped after the first was checked. Keras 3.0 to 3.13.1 does so (CVE-2026-1669), tf_keras before it took over the check in August 2026, and h5py in every version.",
    check: "Run `h5dump -pH` on the file and look for EXTERNAL_LINK, EXTERNAL and VIRTUAL. Ask for one file that holds its own weights.",
    references: ["https://nvd.nist.gov/vuln/detail/CVE-2026-1669", FORMAT],
  },
  foreignLink: {
    id: "hdf5-user-link",
    summary: "a link of a kind that only some program knows",
    gain: "A program that registered the kind with the HDF5 library runs its own code to follow the link; the library alone, and so h5py and Keras, refuses it.",
    check: "List the links with `h5ls -rv` and find out which program writes this kind.",
    references: [FORMAT],
  },
  trailing: {
    id: "hdf5-trailing-bytes",
    summary: "bytes before or behind the file that HDF5 sees",
    gain: "A payload travels in a file that opens as a plain data file, and is picked up by another program. The HDF5 library never reads these bytes.",
    check: "Cut the bytes out at the offset given and look at them.",
    references: [FORMAT],
  },
  unowned: {
    id: "hdf5-unowned-bytes",
    summary: "bytes that no object of the file owns",
    gain: "Space of deleted or rewritten objects is ordinary; it can also hide what nothing in the file refers to.",
    check: "Run `h5stat -S` on the file, or rewrite it with `h5repack` and compare the sizes.",
    references: [FORMAT],
  },
  structure: {
    id: "hdf5-structure",
    summary: "structures that contradict each other",
    gain: "The HDF5 library and other readers see different content, or any reader that trusts the numbers reads outside of a dataset.",
    check: "Open the file with `h5dump -pH` in a sandbox and look at the object named.",
    references: [FORMAT],
  },
  filter: {
    id: "hdf5-filter",
    summary: "a filter that HDF5 does not bring",
    gain: "Reading the dataset makes the library look for a plug-in of this number and run it.",
    check: "Look the number up in the list of registered filters, and find out where the plug-in would come from.",
    references: ["https://github.com/HDFGroup/hdf5_plugins/blob/master/docs/RegisteredFilterPlugins.md"],
  },
} as const satisfies Record<string, Rule>;
