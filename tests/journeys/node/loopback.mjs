// Resolves every name to this machine, as a site's DNS would resolve *.rest.akismet.com to Weir.
import dns from "node:dns";

dns.lookup = (_name, options, answer = options) =>
  process.nextTick(
    answer,
    null,
    ...(options.all ? [[{ address: "127.0.0.1", family: 4 }]] : ["127.0.0.1", 4]),
  );
