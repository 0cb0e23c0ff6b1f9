"""Words for codes and papers, in Polish and English."""
