using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Api.Selectors;

/// <summary>One condition on one label, such as <c>tier in (web,api)</c>; its values are sorted and distinct.</summary>
public sealed record LabelRequirement
{
    private LabelRequirement(string key, SelectorOperator @operator, ValueList<string> values)
    {
        Key = key;
        Operator = @operator;
        Values = values;
    }

    public string Key { get; }

    public SelectorOperator Operator { get; }

    public ValueList<string> Values { get; }

    /// <summary>Checks key, operator and values; <paramref name="errors"/> holds Kubernetes' field messages.</summary>
    public static LabelRequirement? TryCreate(
        string key, SelectorOperator @operator, IEnumerable<string> values, out IReadOnlyList<string> errors)
    {
        var sorted = values.Distinct().Order(StringComparer.Ordinal).ToValueList();
        var found = new List<string>();
        var keyMessages = NameRules.QualifiedName(key);
        if (keyMessages.Count > 0)
        {
            found.Add($"key: Invalid value: {FieldError.Quote(key)}: {string.Join("; ", keyMessages)}");
        }

        if (ComplaintAboutValues(@operator, sorted) is { } complaint)
        {
            found.Add(complaint);
        }

        foreach (var value in sorted)
        {
            var messages = NameRules.LabelValue(value);
            if (messages.Count > 0)
            {
                var index = sorted.ToList().IndexOf(value);
                found.Add($"values[{index}][{key}]: Invalid value: {FieldError.Quote(value)}: "
                          + string.Join("; ", messages));
            }
        }

        errors = found;
        return found.Count == 0 ? new LabelRequirement(key, @operator, sorted) : null;
    }

    /// <summary>A label that must have this value; neither is checked, so both must come from an object.</summary>
    public static LabelRequirement Exactly(string key, string value) => new(key, SelectorOperator.Equal, [value]);

    public bool Matches(ValueMap<string> labels) =>
        Operator.Holds(labels.TryGetValue(Key, out var value) ? value : null, Values);

    public override string ToString() => Operator switch
    {
        SelectorOperator.DoesNotExist => "!" + Key,
        SelectorOperator.Exists => Key,
        SelectorOperator.In => $"{Key} in ({string.Join(',', Values)})",
        SelectorOperator.NotIn => $"{Key} notin ({string.Join(',', Values)})",
        SelectorOperator.Equal => $"{Key}={Values[0]}",
        SelectorOperator.DoubleEqual => $"{Key}=={Values[0]}",
        SelectorOperator.NotEqual => $"{Key}!={Values[0]}",
        SelectorOperator.GreaterThan => $"{Key}>{Values[0]}",
        SelectorOperator.LessThan => $"{Key}<{Values[0]}",
        _ => throw new InvalidOperationException($"unknown selector operator {Operator}"),
    };

    private static string? ComplaintAboutValues(SelectorOperator @operator, ValueList<string> values)
    {
        var shown = $"[{string.Join(",", values.Select(FieldError.Quote))}]";
        switch (@operator)
        {
            case SelectorOperator.In or SelectorOperator.NotIn when values.Count == 0:
                return $"values: Invalid value: {shown}: for 'in', 'notin' operators, values set can't be empty";
            case SelectorOperator.Equal or SelectorOperator.DoubleEqual or SelectorOperator.NotEqual
                when values.Count != 1:
                return $"values: Invalid value: {shown}: exact-match compatibility requires one single value";
            case SelectorOperator.Exists or SelectorOperator.DoesNotExist when values.Count != 0:
                return $"values: Invalid value: {shown}: values set must be empty for exists and does not exist";
            case SelectorOperator.GreaterThan or SelectorOperator.LessThan when values.Count != 1:
                return $"values: Invalid value: {shown}: for 'Gt', 'Lt' operators, exactly one value is required";
            case SelectorOperator.GreaterThan or SelectorOperator.LessThan
                when !SelectorOperators.TryNumber(values[0], out _):
                return $"values[0]: Invalid value: {FieldError.Quote(values[0])}: for 'Gt', 'Lt' operators, the value "
                       + "must be an integer";
            default:
                return null;
        }
    }
}
