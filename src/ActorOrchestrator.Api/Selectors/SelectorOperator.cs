namespace ActorOrchestrator.Api.Selectors;

/// <summary>How a requirement compares a label with its values.</summary>
public enum SelectorOperator
{
    In,
    NotIn,
    Equal,
    DoubleEqual,
    NotEqual,
    GreaterThan,
    LessThan,
    Exists,
    DoesNotExist,
}

internal static class SelectorOperatorSymbols
{
    /// <summary>The operators that take values, in the order in which Kubernetes' messages list them.</summary>
    public const string Binary = "in, notin, =, ==, !=, gt, lt";

    extension(SelectorOperator @operator)
    {
        public bool IsUnary => @operator is SelectorOperator.Exists or SelectorOperator.DoesNotExist;
    }
}
