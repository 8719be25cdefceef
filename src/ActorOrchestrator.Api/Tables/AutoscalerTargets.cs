using ActorOrchestrator.Api.Autoscaling;

namespace ActorOrchestrator.Api.Tables;

/// <summary>What an autoscaler measures beside what it aims at: <c>cpu: 40%/80%</c>.</summary>
internal static class AutoscalerTargets
{
    private const int Shown = 2;

    public static string Text(HorizontalPodAutoscaler autoscaler)
    {
        var metrics = autoscaler.Spec.Metrics;
        if (metrics.Count == 0)
        {
            return TableText.None;
        }

        var texts = metrics.Select((metric, index) => Metric(
            metric, index < autoscaler.Status.CurrentMetrics.Count ? autoscaler.Status.CurrentMetrics[index] : null));
        var joined = string.Join(", ", texts.Take(Shown));
        return metrics.Count > Shown ? $"{joined} + {metrics.Count - Shown} more..." : joined;
    }

    private static string Metric(MetricSpec metric, MetricStatus? status) => metric switch
    {
        { Resource: { } resource } => $"{resource.Name}: {Usage(resource.Target, status?.Resource?.Current)}",
        { ContainerResource: { } resource } =>
            $"{resource.Name}: {Usage(resource.Target, status?.ContainerResource?.Current)}",
        { Pods: { } pods } => $"{Quantity(status?.Pods?.Current.AverageValue)}/{Quantity(pods.Target.AverageValue)}",
        { Object: { } @object } => Amount(@object.Target, status?.Object?.Current),
        { External: { } external } => Amount(external.Target, status?.External?.Current),
        _ => "<unknown type>",
    };

    private static string Usage(MetricTarget target, MetricValueStatus? current) => target.AverageValue is { } average
        ? $"{Quantity(current?.AverageValue)}/{average}"
        : $"{Percent(current?.AverageUtilization, TableText.Unknown)}/{Percent(target.AverageUtilization, "<auto>")}";

    private static string Amount(MetricTarget target, MetricValueStatus? current) => target.AverageValue is { } average
        ? $"{Quantity(current?.AverageValue)}/{average} (avg)"
        : $"{Quantity(current?.Value)}/{Quantity(target.Value)}";

    private static string Quantity(Quantity? quantity) => quantity?.ToString() ?? TableText.Unknown;

    private static string Percent(int? percent, string absent) => percent is { } value ? $"{value}%" : absent;
}
