using System.Text;
using System.Text.Json.Nodes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Coordination;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Nodes;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Host.Remote;

/// <summary>
/// Tells the API of this machine and that it lives:
/// <code>
///  registration    once, and when those changed or its Node is gone: GET the Node; POST it if there is none,
///                  else PATCH what differs of its labels and annotations; then its status
///  news            PUT …/status: something but the times is another than was told, or is told of us
///  no news         PATCH …/status with nothing, which writes nothing; its answer shows what is told of us
///  the end         PUT …/status with a Ready condition that says so
///  every 10 s      PUT the Lease, for those who look at Leases
/// </code>
/// That nobody answers is no failure of the agent's: it goes on, and the next beat tries again.
/// </summary>
internal sealed partial class NodeBeat(
    ApiCalls api, string name, Func<TrustReport> trust, TimeProvider time, ILogger log)
{
    private const string MergePatch = "application/merge-patch+json";

    private static readonly byte[] Nothing = "{}"u8.ToArray();
    private static readonly ResourceKind Nodes = KindRegistry.Of<Node>();
    private static readonly ResourceKind Leases = KindRegistry.Of<Lease>();

    private readonly string _path = Reflector.PathOf(Nodes, null, name);
    private Node? _introduced;
    private NodeStatus? _told;
    private bool _isRegistered;
    private bool _wasRegistered;
    private MicroTime? _leaseTaken;
    private long _leaseRenewed;
    private string? _refusal;

    public async Task RegisterAsync(Node node, CancellationToken cancellation)
    {
        // Of a Node that somebody deleted the next sign of life tells.
        _isRegistered &= _introduced?.Metadata == node.Metadata;
        _introduced = node;
        await BeatAsync(node.Status, cancellation);
    }

    public async Task BeatAsync(NodeStatus status, CancellationToken cancellation)
    {
        try
        {
            if (!_isRegistered && !await IntroduceAsync(cancellation))
            {
                return;
            }

            if (await TellAsync(status, cancellation) is { } shown)
            {
                await RenewLeaseAsync(shown, cancellation);
            }
        }
        catch (ApiAwayException)
        {
            // Logged once by whoever asked; what we told may be forgotten meanwhile.
            _told = null;
        }
    }

    /// <summary>Says that the agent stops in good order, once, if anybody hears it.</summary>
    public async Task StopAsync(CancellationToken giveUp)
    {
        if (_told is not { } told)
        {
            return;
        }

        try
        {
            var last = new Node
            {
                Metadata = new ObjectMeta { Name = name }, Status = NodeMembers.Stopped(told, time.GetUtcNow()),
            };
            Note(await api.SendAsync(HttpMethod.Put, _path + "/status", last, giveUp));
        }
        catch (Exception away) when (away is ApiAwayException or OperationCanceledException)
        {
            // The node counts as lost when node.silence-max is over.
        }
    }

    /// <summary>What counts as news: everything but when it was seen.</summary>
    internal static NodeStatus WithoutTimes(NodeStatus status) => status with
    {
        Conditions = [.. status.Conditions.Select(condition => condition with
        {
            LastHeartbeatTime = null, LastTransitionTime = null,
        })],
    };

    private async Task<bool> IntroduceAsync(CancellationToken cancellation)
    {
        if (_introduced is not { } introduced)
        {
            return false;
        }

        var found = await api.SendAsync(HttpMethod.Get, _path, null, cancellation);
        var answer = found.Code == HttpCode.NotFound
            ? await api.SendAsync(HttpMethod.Post, Reflector.PathOf(Nodes, null), introduced, cancellation)
            : found.IsDone && Own(introduced, (Node)KubeJson.ReadObject(found.Body)) is { } own
            ? await api.SendAsync(HttpMethod.Patch, _path, own, cancellation, MergePatch)
            : found;
        _isRegistered = answer.IsDone || answer.Code == HttpCode.Conflict;
        if (_isRegistered && !_wasRegistered)
        {
            _wasRegistered = true;
            LogRegistered(log, name);
        }

        _told = null;
        Note(answer);
        return _isRegistered;
    }

    /// <summary>A patch that brings the machine's own labels and annotations up to date, and leaves others; null: they
    /// are.</summary>
    private static byte[]? Own(Node introduced, Node stored)
    {
        var changed = new JsonObject();
        Add("labels", introduced.Metadata.Labels, stored.Metadata.Labels);
        Add("annotations", introduced.Metadata.Annotations, stored.Metadata.Annotations);
        return changed.Count == 0
            ? null
            : Encoding.UTF8.GetBytes(new JsonObject { ["metadata"] = changed }.ToJsonString());

        void Add(string field, ValueMap<string> own, ValueMap<string> known)
        {
            var other = own.Where(entry => known.GetValueOrDefault(entry.Key) != entry.Value)
                .Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)).ToList();
            if (other.Count > 0)
            {
                changed[field] = new JsonObject(other);
            }
        }
    }

    /// <returns>The Node as the API has it now; null when it was refused.</returns>
    private async Task<Node?> TellAsync(NodeStatus status, CancellationToken cancellation)
    {
        var news = WithoutTimes(status);
        if (news == _told)
        {
            var quiet = await api.SendAsync(HttpMethod.Patch, _path + "/status", Nothing, cancellation, MergePatch);
            if (Read(quiet) is { } known && Shows(known.Status, status))
            {
                return known;
            }
        }

        var report = new Node { Metadata = new ObjectMeta { Name = name }, Status = status };
        var shown = Read(await api.SendAsync(HttpMethod.Put, _path + "/status", report, cancellation));
        _told = shown is null ? null : news;
        return shown;
    }

    private Node? Read(ApiAnswer answer)
    {
        Note(answer);
        _isRegistered &= answer.Code != HttpCode.NotFound;
        return answer.IsDone ? (Node)KubeJson.ReadObject(answer.Body) : null;
    }

    /// <summary>Whether what is told of this machine is what it said: its silence may have been noted.</summary>
    private static bool Shows(NodeStatus stored, NodeStatus told) => told.Conditions.All(condition =>
        stored.Conditions.Any(known => known.Type == condition.Type && known.Status == condition.Status));

    private async Task RenewLeaseAsync(Node shown, CancellationToken cancellation)
    {
        if (_leaseTaken is not null && time.GetElapsedTime(_leaseRenewed) < NodeLeases.RenewEvery)
        {
            return;
        }

        var now = time.GetUtcNow();
        var whole = new MicroTime(new DateTimeOffset(
            now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero));
        var lease = NodeLeases.Of(shown, trust());
        var renewed = lease with
        {
            Spec = lease.Spec with { AcquireTime = _leaseTaken ?? whole, RenewTime = whole },
        };
        var path = Reflector.PathOf(Leases, lease.Metadata.Namespace, lease.Metadata.Name);
        var answer = await api.SendAsync(HttpMethod.Put, path, renewed, cancellation);
        if (answer.IsDone)
        {
            _leaseTaken ??= whole;
            _leaseRenewed = time.GetTimestamp();
        }

        Note(answer);
    }

    /// <summary>Tells of a refusal once.</summary>
    private void Note(ApiAnswer answer)
    {
        var refusal = answer.IsDone || answer.Code is HttpCode.NotFound or HttpCode.Conflict
            ? null
            : answer.Refusal().Message;
        if (refusal is not null && refusal != _refusal)
        {
            LogRefused(log, name, refusal);
        }

        _refusal = refusal ?? (answer.IsDone ? null : _refusal);
    }

    [LoggerMessage(6026, LogLevel.Information, "Node {Node} is registered")]
    private static partial void LogRegistered(ILogger log, string node);

    [LoggerMessage(6024, LogLevel.Error, "The control plane does not take what node {Node} says of itself: {Why}")]
    private static partial void LogRefused(ILogger log, string node, string why);
}
