using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Defaulting;

/// <summary>Amounts of resources, wherever a spec has them, are kept in thousandths (Kubernetes' defaulting of
/// ResourceList): what is finer is rounded up, so that nothing asks for less than can be counted.</summary>
internal static class AmountDefaults
{
    public static ValueMap<Quantity> Fill(ValueMap<Quantity> amounts) =>
        amounts.Values.All(amount => amount == amount.RoundedToMilli())
            ? amounts
            : ValueMap<Quantity>.From(
                amounts.Select(amount => KeyValuePair.Create(amount.Key, amount.Value.RoundedToMilli())));

    public static ResourceRequirements Fill(ResourceRequirements resources) => resources with
    {
        Limits = Fill(resources.Limits), Requests = Fill(resources.Requests),
    };

    public static VolumeResourceRequirements Fill(VolumeResourceRequirements resources) => resources with
    {
        Limits = Fill(resources.Limits), Requests = Fill(resources.Requests),
    };

    public static ResourceQuota Fill(ResourceQuota quota) =>
        quota with { Spec = quota.Spec with { Hard = Fill(quota.Spec.Hard) } };
}
