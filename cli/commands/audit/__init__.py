"""Commands on the transparency log: checkpoints, proofs, time stamps, bundles, reviews."""
