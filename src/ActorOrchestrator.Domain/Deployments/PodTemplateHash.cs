using System.Buffers;
using System.Buffers.Binary;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Domain.Deployments;

/// <summary>
/// The <c>pod-template-hash</c> label: names a template's ReplicaSet and keeps its pods apart from those of others.
/// 32-bit FNV-1a over the template's JSON and, after a collision, <c>status.collisionCount</c>; its decimal digits in
/// the alphabet of generated names. Only the name depends on it: templates are compared as such.
/// </summary>
public static class PodTemplateHash
{
    public const string Label = "pod-template-hash";

    /// <summary>Kubernetes' alphabet for generated names: no vowels, so no words; nothing that looks alike.</summary>
    internal const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    private const uint OffsetBasis = 2166136261;

    private const uint Prime = 16777619;

    public static string Of(PodTemplateSpec template, int? collisionCount)
    {
        var json = new ArrayBufferWriter<byte>();
        KubeJson.Write(json, template);
        var hash = Fold(OffsetBasis, json.WrittenSpan);
        if (collisionCount is { } count)
        {
            Span<byte> bytes = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, count);
            hash = Fold(hash, bytes);
        }

        return string.Create(null, $"{hash}").Aggregate("", (text, digit) => text + Alphabet[digit % Alphabet.Length]);
    }

    /// <summary>The same template but for the hash label, which only ReplicaSets' templates have.</summary>
    public static bool IsSameTemplate(PodTemplateSpec one, PodTemplateSpec other) =>
        WithoutHash(one) == WithoutHash(other);

    private static PodTemplateSpec WithoutHash(PodTemplateSpec template) => template.Metadata.Labels.ContainsKey(Label)
        ? template with { Metadata = template.Metadata with { Labels = template.Metadata.Labels.Without(Label) } }
        : template;

    private static uint Fold(uint hash, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            hash = unchecked((hash ^ value) * Prime);
        }

        return hash;
    }
}
