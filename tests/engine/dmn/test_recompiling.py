"""A decision that was deployed goes on deciding, whatever later versions check."""

import pytest

from engine import dmn
from engine.errors import Invalid

OVERLAPPING = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="Bands"
    namespace="urn:m">
  <decision id="band" name="band">
    <decisionTable id="t" hitPolicy="UNIQUE">
      <input id="i"><inputExpression typeRef="number"><text>total</text></inputExpression></input><output name="band"/>
      <rule id="r1"><inputEntry><text>&gt;= 80</text></inputEntry><outputEntry><text>"high"</text></outputEntry></rule>
      <rule id="r2"><inputEntry><text>&lt;= 80</text></inputEntry><outputEntry><text>"low"</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>"""


def test_a_model_that_is_refused_today_still_decides_if_it_was_accepted_before() -> None:
    with pytest.raises(Invalid):
        dmn.compile_dmn(OVERLAPPING, "bands.dmn")

    (band,) = dmn.recompile(OVERLAPPING, "bands.dmn")

    assert band.evaluate({"total": 90}).output == "high"
