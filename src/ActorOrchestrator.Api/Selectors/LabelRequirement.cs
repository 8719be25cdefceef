using System.Globalization;
using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Api.Selectors;

/// <summary>One condition on one label, such as <c>tier in (web,api)</c>; its values are sorted and distinct.</summary>
public sealed record LabelRequirement
{
    private readonly long _bound;

    private LabelRequirement(string key, SelectorOperator @operator, ValueList<string> values)
    {
        Key = key;
        Operator = @operator;
        Values = values;
        if (@operator is SelectorOperator.GreaterThan or SelectorOperator.LessThan)
        {
            _bound = long.Parse(values[0], NumberStyles.AllowLeadingSign);
        }
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

    public bool Matches(ValueMap<string> labels)
    {
        var exists = labels.TryGetValue(Key, out var value);
        return Operator switch
        {
            SelectorOperator.In or SelectorOperator.Equal or SelectorOperator.DoubleEqual => exists && Has(value!),
            SelectorOperator.NotIn or SelectorOperator.NotEqual => !exists || !Has(value!),
            SelectorOperator.Exists => exists,
            SelectorOperator.DoesNotExist => !exists,
            SelectorOperator.GreaterThan => exists && TryNumber(value!, out var number) && number > _bound,
            SelectorOperator.LessThan => exists && TryNumber(value!, out var number) && number < _bound,
            _ => throw new InvalidOperationException($"unknown selector operator {Operator}"),
        };
    }

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
            case SelectorOperator.GreaterThan or SelectorOperator.LessThan when !TryNumber(values[0], out _):
                return $"values[0]: Invalid value: {FieldError.Quote(values[0])}: for 'Gt', 'Lt' operators, the value "
                       + "must be an integer";
            default:
                return null;
        }
    }

    private static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    private bool Has(string value) => Values.AsSpan().Contains(value);
}
