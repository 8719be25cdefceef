using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Api.Autoscaling.V1;

/// <summary>
/// What a HorizontalPodAutoscaler of v1 has no fields for, as Kubernetes writes it into annotations: other metrics than
/// the use of the CPU, all that was measured, conditions, behaviour. Who reads v1 and writes it back loses nothing. An
/// annotation that is no JSON of its kind is dropped.
/// </summary>
internal static class RoundTrip
{
    private const string Area = "autoscaling.alpha.kubernetes.io/";
    private const string Metrics = Area + "metrics";
    private const string CurrentMetrics = Area + "current-metrics";
    private const string Conditions = Area + "conditions";
    private const string Behavior = Area + "behavior";

    private static readonly string[] All = [Metrics, CurrentMetrics, Conditions, Behavior];

    /// <summary>The metric that v1 has a field for.</summary>
    public static bool IsOfCpu(MetricSpec metric) =>
        metric is { Type: "Resource", Resource: { Name: "cpu", Target.AverageUtilization: not null } };

    /// <summary>The annotations of the object as it is shown.</summary>
    public static ValueMap<string> Written(Autoscaling.HorizontalPodAutoscaler stored)
    {
        var annotations = Own(stored.Metadata.Annotations);
        Add(Metrics, stored.Spec.Metrics.Where(metric => !IsOfCpu(metric)).Select(MetricShapes.ToV1));
        Add(CurrentMetrics, stored.Status.CurrentMetrics.Select(MetricShapes.ToV1));
        Add(Conditions, stored.Status.Conditions.Select(Json));
        return stored.Spec.Behavior is { } behavior
            ? annotations.With(Behavior, Renamed(Json(behavior), char.ToUpperInvariant)!.ToJsonString())
            : annotations;

        void Add(string annotation, IEnumerable<JsonNode?> items)
        {
            var list = new JsonArray([.. items]);
            if (list.Count > 0)
            {
                annotations = annotations.With(annotation, list.ToJsonString());
            }
        }
    }

    /// <summary>The object as its annotations complete it, without them.</summary>
    public static Autoscaling.HorizontalPodAutoscaler Read(Autoscaling.HorizontalPodAutoscaler stored)
    {
        var annotations = stored.Metadata.Annotations;
        var (spec, status) = (stored.Spec, stored.Status);
        return stored with
        {
            Metadata = stored.Metadata with { Annotations = Own(annotations) },
            Spec = spec with
            {
                Metrics =
                [
                    .. Items(annotations, Metrics, MetricShapes.SpecOfV1) ?? [],
                    .. spec.Metrics,
                ],
                Behavior = Parsed(annotations, Behavior) is { } behavior
                    ? Attempt(() => KubeJson.Read<HorizontalPodAutoscalerBehavior>(
                        Bytes(Renamed(behavior, char.ToLowerInvariant)!)))
                    : null,
            },
            Status = status with
            {
                CurrentMetrics =
                    Items(annotations, CurrentMetrics, MetricShapes.StatusOfV1) ?? status.CurrentMetrics,
                Conditions = Items(
                    annotations, Conditions,
                    item => KubeJson.Read<HorizontalPodAutoscalerCondition>(Bytes(item))) ?? [],
            },
        };
    }

    public static JsonNode Json(object value) => JsonNode.Parse(KubeJson.Encode(value))!;

    public static byte[] Bytes(JsonNode node) => Encoding.UTF8.GetBytes(node.ToJsonString());

    private static ValueMap<string> Own(ValueMap<string> annotations) =>
        All.Aggregate(annotations, (left, annotation) => left.Without(annotation));

    private static ValueList<T>? Items<T>(
        ValueMap<string> annotations, string annotation, Func<JsonNode, T> read) where T : class =>
        Parsed(annotations, annotation) is JsonArray { Count: > 0 } list
            ? Attempt(() => list.Select(item => read(item ?? throw new JsonException("null"))).ToList())?.ToValueList()
            : null;

    private static JsonNode? Parsed(ValueMap<string> annotations, string annotation) =>
        annotations.TryGetValue(annotation, out var text) ? Attempt(() => JsonNode.Parse(text)) : null;

    private static T? Attempt<T>(Func<T?> read) where T : class
    {
        try
        {
            return read();
        }
        catch (Exception odd) when (odd is JsonException or KubeJsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The behaviour is written with Go's own names: <c>ScaleUp</c> for <c>scaleUp</c>.</summary>
    private static JsonNode? Renamed(JsonNode? node, Func<char, char> first) => node switch
    {
        JsonObject fields => new JsonObject(fields.Where(field => field.Value is not null).Select(field =>
            KeyValuePair.Create(first(field.Key[0]) + field.Key[1..], Renamed(field.Value, first)))),
        JsonArray items => new JsonArray([.. items.Select(item => Renamed(item, first))]),
        _ => node?.DeepClone(),
    };
}
