using System.Reflection;
using ActorOrchestrator.Api.Schema;

namespace ActorOrchestrator.Api.OpenApi;

/// <summary>The names that Kubernetes gives types in its OpenAPI documents: their Go packages, reversed.</summary>
internal static class DefinitionNames
{
    public const string Quantity = "io.k8s.apimachinery.pkg.api.resource.Quantity";
    public const string IntOrString = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";
    public const string Time = Meta + "Time";
    public const string MicroTime = Meta + "MicroTime";
    public const string Opaque = Meta + "FieldsV1";

    private const string Meta = "io.k8s.apimachinery.pkg.apis.meta.v1.";

    public static string Of(Type type)
    {
        if (type.GetCustomAttribute<DefinedInAttribute>() is { } defined)
        {
            return $"{defined.Package}.{type.Name}";
        }

        var area = type.Namespace!.Split('.')[^1];
        return area == nameof(Api)
            ? Meta + type.Name
            : $"io.k8s.api.{area.ToLowerInvariant()}.{(area == "Autoscaling" ? "v2" : "v1")}.{type.Name}";
    }

    public static string ListOf(ResourceKind kind) => Of(kind.ClrType) + "List";

    /// <summary>The definition that a scalar refers to, or null for one that is written in place.</summary>
    public static string? OfScalar(ScalarKind scalar) => scalar switch
    {
        ScalarKind.Quantity => Quantity,
        ScalarKind.IntOrString => IntOrString,
        ScalarKind.Time => Time,
        ScalarKind.MicroTime => MicroTime,
        _ => null,
    };
}
