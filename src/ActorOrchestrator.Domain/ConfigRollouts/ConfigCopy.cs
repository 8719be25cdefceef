using System.Security.Cryptography;
using System.Text;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Deployments;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.ConfigRollouts;

/// <summary>The copy of a ConfigMap or Secret, as it was at one time, that a workload's revisions run on. It can not be
/// changed, and goes with the workload.</summary>
internal static class ConfigCopy
{
    private const int SuffixLength = 10;

    /// <summary>The name tells versions apart, not contents: who may not read a Secret learns nothing from
    /// it.</summary>
    public static KubeObject Make(KubeObject workload, KubeObject source)
    {
        var metadata = new ObjectMeta
        {
            Name = NameOf(workload, source),
            Namespace = source.Metadata.Namespace,
            Annotations = ValueMap<string>.From([new(ConfigPins.CopyOf, source.Metadata.Name!)]),
            OwnerReferences = [Owners.ReferenceTo(workload) with { Controller = false, BlockOwnerDeletion = false }],
        };
        return source switch
        {
            ConfigMap map => new ConfigMap
            {
                Metadata = metadata, Data = map.Data, BinaryData = map.BinaryData, Immutable = true,
            },
            Secret secret => new Secret
            {
                Metadata = metadata, Data = secret.Data, Type = secret.Type, Immutable = true,
            },
            _ => throw new ArgumentException($"a {source.Kind} is no source of values", nameof(source)),
        };
    }

    public static bool Is(KubeObject value) =>
        value is ConfigMap or Secret && value.Metadata.Annotations.ContainsKey(ConfigPins.CopyOf);

    /// <summary>A copy that was made for this workload.</summary>
    public static bool IsOf(KubeObject value, string workloadUid) =>
        Is(value) && value.Metadata.OwnerReferences.Any(owner => owner.Uid == workloadUid);

    /// <summary>It holds what the source holds now.</summary>
    public static bool Holds(KubeObject copy, KubeObject source) =>
        copy.Metadata.Annotations.GetValueOrDefault(ConfigPins.CopyOf) == source.Metadata.Name
        && copy.Metadata.DeletionTimestamp is null
        && (copy, source) switch
        {
            (ConfigMap one, ConfigMap other) => one.Data == other.Data && one.BinaryData == other.BinaryData,
            (Secret one, Secret other) => one.Data == other.Data && one.Type == other.Type,
            _ => false,
        };

    private static string NameOf(KubeObject workload, KubeObject source)
    {
        var version = $"{workload.Metadata.Uid}/{source.Metadata.Uid}/{source.Metadata.ResourceVersion}";
        var suffix = string.Concat(SHA256.HashData(Encoding.UTF8.GetBytes(version)).Take(SuffixLength)
            .Select(value => PodTemplateHash.Alphabet[value % PodTemplateHash.Alphabet.Length]));
        return ReplicaSetFromTemplate.Name(source.Metadata.Name!, suffix);
    }
}
