"""What recurs beside the cycles: meetings, deliverables and trainings, defences, the half-yearly diagnosis."""
