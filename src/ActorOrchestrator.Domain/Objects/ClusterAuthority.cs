using System.Text;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain;

/// <summary>How far the cluster's authority is exchanged.</summary>
public enum RotationPhase
{
    /// <summary>There is one authority.</summary>
    Settled,

    /// <summary>A new one is made known; the former one signs.</summary>
    Trusting,

    /// <summary>The new one signs; the former one is still trusted.</summary>
    Issuing,
}

/// <summary>
/// The cluster's authorities, as all members share them once the first one was exchanged: the Secret
/// <c>cluster-authority</c> of <c>kube-system</c>. Before that there is none, and each member has the authority in its
/// data directory only.
/// <code>
///   Settled  [A]     ─rotate─►  Trusting  [A, B]  ─issue─►  Issuing  [B, A]  ─finish─►  Settled  [B]
///   A signs                     A signs                     B signs                     B signs
/// </code>
/// </summary>
/// <param name="Certificates">Those that are trusted, in PEM; the first one signs.</param>
/// <param name="SigningKey">Of the one that signs, in PEM.</param>
/// <param name="NextKey">Of the one that is to sign next; empty: there is none.</param>
public sealed record ClusterAuthority(ValueList<string> Certificates, string SigningKey, string NextKey = "")
{
    public const string Name = "cluster-authority";
    public const string Namespace = "kube-system";

    private const string SecretType = "actor-orchestrator/cluster-authority";
    private const string CertificatesField = "ca.crt";
    private const string SigningKeyField = "ca.key";
    private const string NextKeyField = "next.key";
    private const string End = "-----END CERTIFICATE-----";

    public static EntityKey Key => EntityKey.Of(KindRegistry.Of<Secret>(), Namespace, Name);

    public RotationPhase Phase => Certificates.Count == 1 ? RotationPhase.Settled
        : NextKey.Length > 0 ? RotationPhase.Trusting
        : RotationPhase.Issuing;

    /// <summary>As clients get it: one behind the other, each with a line's end.</summary>
    public string Bundle => string.Concat(Certificates.Select(certificate => certificate + "\n"));

    /// <summary>The certificates of a bundle, without what is between them.</summary>
    public static ValueList<string> Split(string bundle) =>
    [
        .. bundle.Split(End, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(certificate => $"{certificate}\n{End}"),
    ];

    /// <summary>Another one is trusted beside it.</summary>
    public ClusterAuthority Rotate(string certificate, string key) => Phase == RotationPhase.Settled
        ? new([Certificates[0], certificate.Trim()], SigningKey, key)
        : throw Wrong(nameof(Rotate));

    /// <summary>The new one signs.</summary>
    public ClusterAuthority Issue() => Phase == RotationPhase.Trusting
        ? new([Certificates[1], Certificates[0]], NextKey)
        : throw Wrong(nameof(Issue));

    /// <summary>The former one is trusted no more.</summary>
    public ClusterAuthority Finish() => Phase == RotationPhase.Issuing
        ? new([Certificates[0]], SigningKey)
        : throw Wrong(nameof(Finish));

    /// <param name="stored">In the place of which it is stored, so that of two writers one succeeds; null: there is
    /// none.</param>
    public Secret ToSecret(Secret? stored) => (stored ?? new Secret
    {
        Metadata = new ObjectMeta { Name = Name, Namespace = Namespace }, Type = SecretType,
    }) with
    {
        Data = ValueMap<string>.From(
            new[] { (CertificatesField, Bundle), (SigningKeyField, SigningKey), (NextKeyField, NextKey) }
                .Where(entry => entry.Item2.Length > 0).Select(entry => KeyValuePair.Create(
                    entry.Item1, Convert.ToBase64String(Encoding.ASCII.GetBytes(entry.Item2))))),
    };

    /// <summary>Null for what is no such Secret, or holds no certificate with its key.</summary>
    public static ClusterAuthority? Read(KubeObject? value) =>
        value is Secret { Metadata: { Namespace: Namespace, Name: Name } } stored
        && Split(Text(stored, CertificatesField)) is { Count: 1 or 2 } certificates
        && Text(stored, SigningKeyField) is { Length: > 0 } key
            ? new(certificates, key, Text(stored, NextKeyField))
            : null;

    /// <summary>Nothing of it: there are keys among it.</summary>
    public override string ToString() => $"{nameof(ClusterAuthority)} ({Phase})";

    private InvalidOperationException Wrong(string step) => new($"{step} in phase {Phase}");

    private static string Text(Secret stored, string key)
    {
        try
        {
            return Encoding.ASCII.GetString(Convert.FromBase64String(stored.Data.GetValueOrDefault(key) ?? ""));
        }
        catch (FormatException)
        {
            return "";
        }
    }
}
