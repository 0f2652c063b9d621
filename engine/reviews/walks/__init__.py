"""Walks: tests of a process in HR's words. Who does which task with which answers, and what must hold."""

from engine.reviews.walks.rehearsals import Rehearsal, check, run
from engine.reviews.walks.scripts import Step, Walk, found_in, read

__all__ = ["Rehearsal", "Step", "Walk", "check", "found_in", "read", "run"]
