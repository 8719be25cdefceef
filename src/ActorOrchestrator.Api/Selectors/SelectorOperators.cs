using System.Globalization;

namespace ActorOrchestrator.Api.Selectors;

/// <summary>What the operators of all selectors mean: of labels (meta/v1 LabelSelector), of nodes (core/v1
/// NodeSelector) and of queries.</summary>
public static class SelectorOperators
{
    /// <summary>By the name that it has in objects; null for another one.</summary>
    public static SelectorOperator? Find(string name) => name switch
    {
        "In" => SelectorOperator.In,
        "NotIn" => SelectorOperator.NotIn,
        "Exists" => SelectorOperator.Exists,
        "DoesNotExist" => SelectorOperator.DoesNotExist,
        "Gt" => SelectorOperator.GreaterThan,
        "Lt" => SelectorOperator.LessThan,
        _ => null,
    };

    public static SelectorOperator Of(string name) => Find(name) ?? throw new InvalidOperationException(
        $"\"{name}\" is not an operator of selectors; validation lets none pass");

    /// <param name="operator">How to compare.</param>
    /// <param name="value">What is there; null if nothing is.</param>
    /// <param name="values">What it is compared with.</param>
    public static bool Holds(this SelectorOperator @operator, string? value, ValueList<string> values) =>
        @operator switch
        {
            SelectorOperator.In or SelectorOperator.Equal or SelectorOperator.DoubleEqual =>
                value is not null && values.AsSpan().Contains(value),
            SelectorOperator.NotIn or SelectorOperator.NotEqual =>
                value is null || !values.AsSpan().Contains(value),
            SelectorOperator.Exists => value is not null,
            SelectorOperator.DoesNotExist => value is null,
            SelectorOperator.GreaterThan => Compare(value, values) is > 0,
            SelectorOperator.LessThan => Compare(value, values) is < 0,
            _ => throw new InvalidOperationException($"unknown selector operator {@operator}"),
        };

    internal static bool TryNumber(string? text, out long number) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    /// <summary>As numbers; null if one of them is none.</summary>
    private static int? Compare(string? value, ValueList<string> values) =>
        values.Count == 1 && TryNumber(value, out var left) && TryNumber(values[0], out var right)
            ? left.CompareTo(right)
            : null;
}
