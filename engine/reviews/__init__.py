"""HR on top of BPMN: people, cycles, targets, scorecards, ratings, results, appeals, plans."""
