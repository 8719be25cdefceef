using System.Globalization;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Scheduling;

/// <summary>Which tolerations tolerate which taints (core/v1 Toleration.ToleratesTaint).</summary>
public static class Taints
{
    public static bool IsTolerated(Taint taint, ValueList<Toleration> tolerations)
    {
        foreach (var toleration in tolerations.AsSpan())
        {
            if (Tolerates(toleration, taint))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>An unset effect tolerates all effects, an unset key with Exists all taints; the operator is Equal when
    /// unset; Lt and Gt compare integers, the taint's value against the toleration's.</summary>
    public static bool Tolerates(Toleration toleration, Taint taint)
    {
        if (!string.IsNullOrEmpty(toleration.Effect) && toleration.Effect != taint.Effect)
        {
            return false;
        }

        if (!string.IsNullOrEmpty(toleration.Key) && toleration.Key != taint.Key)
        {
            return false;
        }

        return toleration.Operator switch
        {
            "Exists" => true,
            null or "" or "Equal" => (toleration.Value ?? "") == (taint.Value ?? ""),
            "Lt" => Compare(taint.Value, toleration.Value) is < 0,
            "Gt" => Compare(taint.Value, toleration.Value) is > 0,
            _ => false,
        };
    }

    private static int? Compare(string? taint, string? toleration) =>
        long.TryParse(taint, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var left)
        && long.TryParse(toleration, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var right)
            ? left.CompareTo(right)
            : null;
}
