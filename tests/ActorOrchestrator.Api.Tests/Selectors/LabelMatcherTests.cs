using ActorOrchestrator.Api.Selectors;

namespace ActorOrchestrator.Api.Tests.Selectors;

public sealed class LabelMatcherTests
{
    private static readonly ValueMap<string> Labels = ValueMap<string>.From(
    [
        KeyValuePair.Create("app", "web"),
        KeyValuePair.Create("tier", "front"),
        KeyValuePair.Create("size", "12"),
        KeyValuePair.Create("empty", ""),
        KeyValuePair.Create("example.com/in", "notin"),
    ]);

    [Theory]
    [InlineData("", true)]
    [InlineData("app=web", true)]
    [InlineData("app==web", true)]
    [InlineData(" app = web , tier = front ", true)]
    [InlineData("app=api", false)]
    [InlineData("app!=api", true)]
    [InlineData("app!=web", false)]
    [InlineData("absent!=web", true)]
    [InlineData("app in (web,api)", true)]
    [InlineData("app in (api)", false)]
    [InlineData("app notin (api)", true)]
    [InlineData("app notin (api,web)", false)]
    [InlineData("absent notin (api)", true)]
    [InlineData("absent in (api)", false)]
    [InlineData("app", true)]
    [InlineData("absent", false)]
    [InlineData("!absent", true)]
    [InlineData("!app", false)]
    [InlineData("empty=", true)]
    [InlineData("empty=,app=web", true)]
    [InlineData("empty in ()", true)]
    [InlineData("empty in (,x)", true)]
    [InlineData("app in (x,)", false)]
    [InlineData("size>11", true)]
    [InlineData("size>12", false)]
    [InlineData("size<13", true)]
    [InlineData("size<12", false)]
    [InlineData("app>1", false)]
    [InlineData("example.com/in=notin", true)]
    [InlineData("example.com/in in (in,notin)", true)]
    [InlineData("in", false)]
    public void Matches_as_the_query_says(string query, bool expected)
    {
        Assert.True(LabelMatcher.TryParse(query, out var matcher, out var error), error);
        Assert.Equal(expected, matcher.Matches(Labels));
    }

    [Theory]
    [InlineData("a=b,", "found '', expected: identifier after ','")]
    [InlineData(",a=b", "found ',', expected: !, identifier, or 'end of string'")]
    [InlineData("a=b c", "found 'c', expected: ',' or 'end of string'")]
    [InlineData("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt")]
    [InlineData("a in b", "unable to parse requirement: found 'b' expected: '('")]
    [InlineData("a in (b", "unable to parse requirement: found '', expected: ',' or ')'")]
    [InlineData("a in (b c)", "unable to parse requirement: found 'c', expected: ',' or ')'")]
    [InlineData("a=(", "unable to parse requirement: found '(', expected: identifier")]
    [InlineData("!", "unable to parse requirement: found '', expected: identifier")]
    [InlineData("!a=b", "found '=', expected: ',' or 'end of string'")]
    [InlineData("a>x",
        "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an "
        + "integer")]
    public void Says_what_is_wrong_with_a_query(string query, string expected)
    {
        Assert.False(LabelMatcher.TryParse(query, out _, out var error));
        Assert.Equal(expected, error);
    }

    [Theory]
    [InlineData("a/b/c=x", "a valid label key must consist of alphanumeric characters")]
    [InlineData("-a=x", "<nil>: Invalid value: \"-a\": name part must consist of alphanumeric characters")]
    [InlineData("a=x!y", "found '!', expected: ',' or 'end of string'")]
    [InlineData("a=-x", "values[0][a]: Invalid value: \"-x\": a valid label must be an empty string or consist of")]
    [InlineData("A.B/c=x", "prefix part a lowercase RFC 1123 subdomain must consist of")]
    public void Checks_keys_and_values(string query, string expected)
    {
        Assert.False(LabelMatcher.TryParse(query, out _, out var error));
        Assert.Contains(expected, error);
    }

    [Fact]
    public void Long_keys_and_values_are_refused_at_their_bounds()
    {
        Assert.True(LabelMatcher.TryParse($"{new string('a', 63)}={new string('b', 63)}", out _, out _));
        Assert.False(LabelMatcher.TryParse($"{new string('a', 64)}=b", out _, out var key));
        Assert.Contains("name part must be no more than 63 bytes", key);
        Assert.False(LabelMatcher.TryParse($"a={new string('b', 64)}", out _, out var value));
        Assert.Contains("must be no more than 63 bytes", value);
    }

    [Theory]
    [InlineData("b=2,a=1", "a=1,b=2")]
    [InlineData("x in (c,a,b,a)", "x in (a,b,c)")]
    [InlineData("x notin (b),!y,z,u!=3,v==4,s>5,t<6", "s>5,t<6,u!=3,v==4,x notin (b),!y,z")]
    public void Prints_in_one_form(string query, string expected)
    {
        Assert.True(LabelMatcher.TryParse(query, out var matcher, out var error), error);
        Assert.Equal(expected, matcher.ToString());
    }

    [Fact]
    public void Nothing_matches_nothing_and_everything_everything()
    {
        Assert.False(LabelMatcher.Nothing.Matches(Labels));
        Assert.False(LabelMatcher.Nothing.IsEverything);
        Assert.True(LabelMatcher.Everything.Matches(ValueMap<string>.Empty));
        Assert.Same(LabelMatcher.Everything, LabelMatcher.FromMap(ValueMap<string>.Empty));
    }

    [Fact]
    public void A_map_asks_for_each_of_its_entries()
    {
        var matcher = LabelMatcher.FromMap(ValueMap<string>.Empty.With("app", "web").With("tier", "front"));

        Assert.True(matcher.Matches(Labels));
        Assert.False(matcher.Matches(Labels.With("tier", "back")));
        Assert.False(matcher.Matches(Labels.Without("tier")));
    }

    [Fact]
    public void An_objects_selector_asks_for_labels_and_expressions()
    {
        var selector = new LabelSelector
        {
            MatchLabels = ValueMap<string>.Empty.With("app", "web"),
            MatchExpressions =
            [
                new LabelSelectorRequirement { Key = "tier", Operator = "In", Values = ["front", "back"] },
                new LabelSelectorRequirement { Key = "size", Operator = "Exists" },
                new LabelSelectorRequirement { Key = "old", Operator = "DoesNotExist" },
                new LabelSelectorRequirement { Key = "app", Operator = "NotIn", Values = ["api"] },
            ],
        };

        Assert.True(LabelMatcher.TryFrom(selector, out var matcher, out _));
        Assert.True(matcher.Matches(Labels));
        Assert.False(matcher.Matches(Labels.With("old", "")));
        Assert.False(matcher.Matches(Labels.With("tier", "middle")));
    }

    [Fact]
    public void An_absent_selector_matches_nothing_and_an_empty_one_everything()
    {
        Assert.True(LabelMatcher.TryFrom(null, out var absent, out _));
        Assert.Same(LabelMatcher.Nothing, absent);
        Assert.True(LabelMatcher.TryFrom(LabelSelector.Empty, out var empty, out _));
        Assert.True(empty.IsEverything);
    }

    [Fact]
    public void An_objects_selector_with_an_unknown_operator_has_no_matcher()
    {
        var selector = new LabelSelector { MatchExpressions = [new() { Key = "a", Operator = "Near" }] };
        Assert.False(LabelMatcher.TryFrom(selector, out _, out var error));
        Assert.Equal("\"Near\" is not a valid label selector operator", error);
    }
}
