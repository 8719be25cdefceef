using System.Collections;
using System.Reflection;
using System.Text.Json.Serialization;
using ActorOrchestrator.Api.Schema;
using k8s.Models;

namespace ActorOrchestrator.Api.Tests;

/// <summary>
/// The model's fields and their shapes against those of the official C# client, whose models are generated from
/// Kubernetes' own OpenAPI document: nothing is missing, invented or of another shape but what is listed here.
/// </summary>
public sealed class ClientLibraryTests
{
    private const string Owners = "alpha, AtomicWriteVolumeUserFields: files belong to root or fsGroup";
    private const string Custom = "custom resources are later work: the list of definitions is empty";
    private const string VolumeHealth = "no volume of the agent's tells of its health";

    /// <summary>Fields that the model lacks, by <c>Type.field</c>, each with its reason.</summary>
    private static readonly Dictionary<string, string> Missing = new()
    {
        ["ClusterTrustBundleProjection.user"] = Owners,
        ["ConfigMapVolumeSource.defaultUser"] = Owners,
        ["DownwardAPIVolumeFile.user"] = Owners,
        ["DownwardAPIVolumeSource.defaultUser"] = Owners,
        ["KeyToPath.user"] = Owners,
        ["PodCertificateProjection.user"] = Owners,
        ["ProjectedVolumeSource.defaultUser"] = Owners,
        ["SecretVolumeSource.defaultUser"] = Owners,
        ["ServiceAccountTokenProjection.user"] = Owners,
        ["CustomResourceDefinition.spec"] = Custom,
        ["CustomResourceDefinition.status"] = Custom,
        ["EmptyDirVolumeSource.mode"] = "alpha, EmptyDirVolumeMode",
        ["JobSpec.scheduling"] = "alpha, WorkloadWithJob: gangs are not scheduled",
        ["NodeSpec.podPreemptionPolicy"] = "alpha, InPlacePodVerticalScalingSchedulerPreemption",
        ["PersistentVolumeClaimStatus.healthStatus"] = VolumeHealth,
        ["PodStatus.volumeHealth"] = VolumeHealth,
        ["PodSpec.evictionResponders"] = "belongs to the Eviction Requests API, which is not served",
        ["PodSpec.schedulingGroup"] = "belongs to the Workload API, which is not served",
        ["PodStatus.nodeAllocatableResourceClaimStatuses"] = "of dynamic resource allocation, which is not served",
        ["VolumeMount.bindMountOptions"] = "alpha, VolumeBindMountOptions",
        ["VolumeMountStatus.volumeStatus"] = "of image volumes, which the agent does not report on",
        ["GRPCAction.mode"] = "newer than the API that is served; probes are plaintext, which is its default",
        ["HTTPGetAction.protocol"] = "newer than the API that is served; probes use HTTP/1.1, which is its default",
    };

    /// <summary>Fields that only the model has.</summary>
    private static readonly Dictionary<string, string> Extra = new()
    {
        ["PodSpec.workloadRef"] = "of Kubernetes 1.35, whose API is served; schedulingGroup has taken its place since",
    };

    private static readonly Dictionary<(string Group, string Version, string Kind), Type> Models =
        typeof(V1Pod).Assembly.GetTypes()
            .Select(type => (Type: type, Entity: type.GetCustomAttribute<KubernetesEntityAttribute>()))
            .Where(each => each.Entity is not null)
            .ToDictionary(each => (each.Entity!.Group, each.Entity.ApiVersion, each.Entity.Kind), each => each.Type);

    private static readonly Comparison Compared = Compare();

    /// <summary>Kinds that the client does not know any more.</summary>
    private static readonly Dictionary<string, string> Older = new()
    {
        ["cronjobs.batch/v1beta1"] = "for kubectl 1.20",
        ["poddisruptionbudgets.policy/v1beta1"] = "for kubectl 1.20",
    };

    [Fact]
    public void Every_kind_has_a_model_in_the_client() => Same(Older.Keys, Compared.WithoutModel);

    [Fact]
    public void No_field_is_missing_but_those_with_a_reason() => Same(Missing.Keys, Compared.Missing);

    [Fact]
    public void No_field_is_made_up_but_those_with_a_reason() => Same(Extra.Keys, Compared.Extra);

    [Fact]
    public void Fields_have_the_shape_that_the_client_gives_them() => Same([], Compared.OtherShape);

    [Fact]
    public void The_comparison_sees_the_whole_model() =>
        Assert.True(Compared.Fields > 1_400, $"only {Compared.Fields} fields were compared");

    private static void Same(IEnumerable<string> expected, IReadOnlySet<string> found)
    {
        var listed = expected.ToHashSet();
        var wrong = found.Where(each => !listed.Contains(each)).Select(each => $"not listed: {each}")
            .Concat(listed.Where(each => !found.Contains(each)).Select(each => $"listed, but not so: {each}"));
        Assert.Empty(wrong);
    }

    private sealed class Comparison
    {
        public SortedSet<string> WithoutModel { get; } = [];
        public SortedSet<string> Missing { get; } = [];
        public SortedSet<string> Extra { get; } = [];
        public SortedSet<string> OtherShape { get; } = [];
        public int Fields { get; set; }
    }

    private static Comparison Compare()
    {
        var result = new Comparison();
        var open = new Stack<(TypeSchema Ours, Type Theirs)>();
        foreach (var kind in KindRegistry.All)
        {
            if (Models.TryGetValue((kind.Group, kind.Version, kind.Kind), out var model))
            {
                open.Push((TypeSchema.Of(kind), model));
            }
            else
            {
                result.WithoutModel.Add(kind.ToString());
            }
        }
        var seen = new HashSet<(Type, Type)>();
        while (open.TryPop(out var pair))
        {
            if (!seen.Add((pair.Ours.ClrType, pair.Theirs)))
            {
                continue;
            }

            foreach (var inner in CompareFields(pair.Ours, pair.Theirs, result))
            {
                open.Push(inner);
            }
        }
        return result;
    }

    /// <returns>The pairs of objects that the fields lead to.</returns>
    private static List<(TypeSchema Ours, Type Theirs)> CompareFields(
        TypeSchema ours, Type theirs, Comparison result)
    {
        var inner = new List<(TypeSchema, Type)>();
        var models = theirs.GetProperties()
            .Select(property => (Property: property, property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name))
            .Where(each => each.Name is not null)
            .ToDictionary(each => each.Name!, each => each.Property.PropertyType, StringComparer.Ordinal);
        foreach (var name in models.Keys.Where(name => !ours.TryField(name, out _)))
        {
            result.Missing.Add($"{ours.ClrType.Name}.{name}");
        }

        foreach (var field in ours.Fields)
        {
            result.Fields++;
            if (!models.TryGetValue(field.WireName, out var model))
            {
                result.Extra.Add($"{ours.ClrType.Name}.{field.WireName}");
            }
            else if (!Fits(field.Type, model, inner))
            {
                result.OtherShape.Add($"{ours.ClrType.Name}.{field.WireName}: {field.Type}, {model}");
            }
        }
        return inner;
    }

    private static bool Fits(TypeSchema ours, Type model, List<(TypeSchema, Type)> inner)
    {
        var theirs = Nullable.GetUnderlyingType(model) ?? model;
        switch (ours.Kind)
        {
            case NodeKind.Scalar:
                return FitsScalar(ours.Scalar, theirs);
            case NodeKind.Opaque:
                return true;
            case NodeKind.Map:
                return theirs.IsGenericType && theirs.GetGenericTypeDefinition() == typeof(IDictionary<,>)
                    && Fits(ours.Element!, theirs.GetGenericArguments()[1], inner);
            case NodeKind.List:
                return theirs.IsGenericType && theirs.GetGenericTypeDefinition() == typeof(IList<>)
                    && Fits(ours.Element!, theirs.GetGenericArguments()[0], inner);
            default:
                inner.Add((ours, theirs));
                return theirs.IsClass && theirs != typeof(string) && !theirs.IsAssignableTo(typeof(IEnumerable));
        }
    }

    private static bool FitsScalar(ScalarKind ours, Type theirs) => ours switch
    {
        ScalarKind.Text => theirs == typeof(string),
        ScalarKind.Bytes => theirs == typeof(byte[]),
        ScalarKind.Boolean => theirs == typeof(bool),
        ScalarKind.Int32 => theirs == typeof(int),
        ScalarKind.Int64 => theirs == typeof(long),
        ScalarKind.Time or ScalarKind.MicroTime => theirs == typeof(DateTime),
        ScalarKind.Quantity => theirs == typeof(ResourceQuantity),
        ScalarKind.IntOrString => theirs == typeof(k8s.Models.IntOrString),
        _ => false,
    };
}
