using System.Text.Json.Nodes;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Api.Autoscaling.V1;

/// <summary>
/// The metrics of v2 in the shape that annotations of v1 have them in, and back. There the name of a metric and the
/// amounts stand side by side:
/// <code>
///   v2   {"type":"Pods","pods":{"metric":{"name":"hits"},"target":{"type":"AverageValue","averageValue":"5"}}}
///   v1   {"type":"Pods","pods":{"metricName":"hits","targetAverageValue":"5"}}
/// </code>
/// </summary>
internal static class MetricShapes
{
    public static JsonNode ToV1(MetricSpec metric) => Of(metric.Type, metric switch
    {
        { Object: { } it } => ("object", With(
            ("target", it.DescribedObject), ("metricName", it.Metric.Name),
            ("targetValue", it.Target.Value ?? default(Quantity)), ("selector", it.Metric.Selector),
            ("averageValue", it.Target.AverageValue))),
        { Pods: { } it } => ("pods", With(
            ("metricName", it.Metric.Name), ("targetAverageValue", it.Target.AverageValue),
            ("selector", it.Metric.Selector))),
        { Resource: { } it } => ("resource", With(
            ("name", it.Name), ("targetAverageUtilization", it.Target.AverageUtilization),
            ("targetAverageValue", it.Target.AverageValue))),
        { ContainerResource: { } it } => ("containerResource", With(
            ("name", it.Name), ("targetAverageUtilization", it.Target.AverageUtilization),
            ("targetAverageValue", it.Target.AverageValue), ("container", it.Container))),
        { External: { } it } => ("external", With(
            ("metricName", it.Metric.Name), ("metricSelector", it.Metric.Selector),
            ("targetValue", it.Target.Value), ("targetAverageValue", it.Target.AverageValue))),
        _ => null,
    });

    public static JsonNode ToV1(MetricStatus metric) => Of(metric.Type, metric switch
    {
        { Object: { } it } => ("object", With(
            ("target", it.DescribedObject), ("metricName", it.Metric.Name),
            ("currentValue", it.Current.Value ?? default(Quantity)), ("selector", it.Metric.Selector),
            ("averageValue", it.Current.AverageValue))),
        { Pods: { } it } => ("pods", With(
            ("metricName", it.Metric.Name), ("currentAverageValue", it.Current.AverageValue),
            ("selector", it.Metric.Selector))),
        { Resource: { } it } => ("resource", With(
            ("name", it.Name), ("currentAverageUtilization", it.Current.AverageUtilization),
            ("currentAverageValue", it.Current.AverageValue))),
        { ContainerResource: { } it } => ("containerResource", With(
            ("name", it.Name), ("currentAverageUtilization", it.Current.AverageUtilization),
            ("currentAverageValue", it.Current.AverageValue), ("container", it.Container))),
        { External: { } it } => ("external", With(
            ("metricName", it.Metric.Name), ("metricSelector", it.Metric.Selector),
            ("currentValue", it.Current.Value), ("currentAverageValue", it.Current.AverageValue))),
        _ => null,
    });

    public static MetricSpec SpecOfV1(JsonNode metric) =>
        KubeJson.Read<MetricSpec>(RoundTrip.Bytes(OfV1(metric, "target", Target)));

    public static MetricStatus StatusOfV1(JsonNode metric) =>
        KubeJson.Read<MetricStatus>(RoundTrip.Bytes(OfV1(metric, "current", Current)));

    private static JsonObject OfV1(
        JsonNode metric, string amounts, Func<string, JsonObject, JsonObject> read)
    {
        var result = new JsonObject();
        foreach (var (field, value) in metric.AsObject())
        {
            result[field] = value is JsonObject source ? Source(field, source, amounts, read) : value?.DeepClone();
        }

        return result;
    }

    private static JsonObject Source(
        string kind, JsonObject source, string amounts, Func<string, JsonObject, JsonObject> read)
    {
        var result = new JsonObject { [amounts] = read(kind, source) };
        if (kind is "resource" or "containerResource")
        {
            Copy(source, "name", result, "name");
            Copy(source, "container", result, "container");
            return result;
        }

        var named = new JsonObject();
        Copy(source, "metricName", named, "name");
        Copy(source, kind == "external" ? "metricSelector" : "selector", named, "selector");
        result["metric"] = named;
        Copy(source, "target", result, "describedObject");
        return result;
    }

    /// <summary>Which of the amounts counts is not said in v1: the most specific one that there is.</summary>
    private static JsonObject Target(string kind, JsonObject source)
    {
        var target = new JsonObject();
        Copy(source, "targetAverageUtilization", target, "averageUtilization");
        Copy(source, kind == "object" ? "averageValue" : "targetAverageValue", target, "averageValue");
        Copy(source, "targetValue", target, "value");
        if (target["value"]?.GetValue<string>() == "0")
        {
            target.Remove("value");
        }

        target["type"] = target switch
        {
            _ when target.ContainsKey("averageUtilization") => "Utilization",
            _ when kind == "object" && target.ContainsKey("averageValue") => "AverageValue",
            _ when target.ContainsKey("value") => "Value",
            _ => "AverageValue",
        };
        return target;
    }

    private static JsonObject Current(string kind, JsonObject source)
    {
        var current = new JsonObject();
        Copy(source, "currentAverageUtilization", current, "averageUtilization");
        Copy(source, kind == "object" ? "averageValue" : "currentAverageValue", current, "averageValue");
        Copy(source, "currentValue", current, "value");
        return current;
    }

    private static void Copy(JsonObject from, string name, JsonObject to, string newName)
    {
        if (from.TryGetPropertyValue(name, out var value) && value is not null)
        {
            to[newName] = value.DeepClone();
        }
    }

    private static JsonObject Of(string type, (string Field, JsonObject Source)? source)
    {
        var result = new JsonObject { ["type"] = type };
        if (source is { } it)
        {
            result[it.Field] = it.Source;
        }

        return result;
    }

    private static JsonObject With(params ReadOnlySpan<(string Name, object? Value)> fields)
    {
        var result = new JsonObject();
        foreach (var (name, value) in fields)
        {
            if (value is not null)
            {
                result[name] = value switch
                {
                    string text => JsonValue.Create(text),
                    int number => JsonValue.Create(number),
                    Quantity amount => JsonValue.Create(amount.ToString()),
                    _ => RoundTrip.Json(value),
                };
            }
        }

        return result;
    }
}
