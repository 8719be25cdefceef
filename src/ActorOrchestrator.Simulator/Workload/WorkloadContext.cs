using System.Text;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Simulator.Members;
using ActorOrchestrator.Simulator.Runs;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Workload;

/// <summary>What one kind of operation works with: a dice and names of its own, so that leaving out one operation
/// changes no other's draws. Choices are made from the truth, as a user who looks first would.</summary>
internal sealed class WorkloadContext(World world, Client client, Dice dice, string operation)
{
    /// <summary>Everything that the workload makes is in these, or cluster-scoped.</summary>
    public static readonly IReadOnlyList<string> Namespaces = ["default", "shop"];

    private const string MergePatch = "application/merge-patch+json";

    private int _named;

    public World World => world;

    public Client Client => client;

    public Dice Dice => dice;

    /// <summary>Which kind of operation this is for.</summary>
    public string Operation => operation;

    public string NextName(string prefix) => $"{prefix}-{++_named}";

    /// <summary>One of the workload's objects of a kind; null when there is none that fits.</summary>
    public T? Pick<T>(Func<T, bool>? fits = null) where T : KubeObject
    {
        var found = world.Truth.All<T>()
            .Where(value => value.Metadata.Namespace is not { } inside || Namespaces.Contains(inside))
            .Where(value => fits?.Invoke(value) ?? true).ToList();
        return found.Count == 0 ? null : dice.Pick(found);
    }

    public static string PathOf(KubeObject value) => PathOf(
        KindRegistry.Of(value.GetType()), value.Metadata.Namespace, value.Metadata.Name);

    public static string PathOf(ResourceKind kind, string? @namespace, string? name)
    {
        var root = kind.Group.Length == 0 ? $"/api/{kind.Version}" : $"/apis/{kind.Group}/{kind.Version}";
        var scope = kind.Namespaced && @namespace is not null ? $"{root}/namespaces/{@namespace}" : root;
        return name is null ? $"{scope}/{kind.Plural}" : $"{scope}/{kind.Plural}/{name}";
    }

    public Task<ApiAnswer> CreateAsync(KubeObject value) => client.SendAsync(
        new ApiCall("POST", PathOf(KindRegistry.Of(value.GetType()), value.Metadata.Namespace, null))
        {
            Body = KubeJson.Encode(value),
        });

    public Task<ApiAnswer> ReplaceAsync(KubeObject value, Intent? intent = null) =>
        client.SendAsync(new ApiCall("PUT", PathOf(value)) { Body = KubeJson.Encode(value) }, intent);

    /// <summary>A merge patch (RFC 7386).</summary>
    public Task<ApiAnswer> PatchAsync(KubeObject value, string patch, string subresource = "") => client.SendAsync(
        new ApiCall("PATCH", PathOf(value) + subresource)
        {
            Body = Encoding.UTF8.GetBytes(patch),
            ContentType = MergePatch,
        });

    public Task<ApiAnswer> DeleteAsync(KubeObject value, string options = "{}") => client.SendAsync(
        new ApiCall("DELETE", PathOf(value)) { Body = Encoding.UTF8.GetBytes(options) });

    public Task<ApiAnswer> PostAsync(string path, string json, Intent? intent = null) => client.SendAsync(
        new ApiCall("POST", path) { Body = Encoding.UTF8.GetBytes(json) }, intent);
}
