"""Forms on the server: read a form-js schema, and take of somebody's answers what it accepts.

The browser is never trusted: hidden fields are dropped, computed ones recomputed, locked ones kept, every rule checked
again. What form-js 2.0 does is followed to the letter; where this package goes further, it says so.
"""

from engine.bpmn.forms.accepting import accept
from engine.bpmn.forms.components import Schema
from engine.bpmn.forms.files import File
from engine.bpmn.forms.reading import parse, read
from engine.bpmn.forms.sentences import EXPECTED, SENTENCES

__all__ = ["EXPECTED", "SENTENCES", "File", "Schema", "accept", "parse", "read"]
