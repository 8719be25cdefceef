using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using ActorOrchestrator.Actors.Notes;
using ActorOrchestrator.Agent;
using ActorOrchestrator.Agent.Network;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Gateway.Auth;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Host.Remote;

/// <summary>
/// The agent's link to a control plane on other machines, by the Kubernetes API and nothing else. While nobody answers
/// there the agent hears nothing new and goes on; a pod's status is kept by its worker, and the newest is told when
/// somebody does.
/// <code>
///  assignments       list and watch: pods with spec.nodeName, the Node
///  a pod's status    PUT …/status, with the uid that is meant
///  a pod's end       PUT …/status, then DELETE without grace, with the uid
///  ConfigMaps, Secrets, Services    watched as far as pods name them
///  signs of life     <see cref="NodeBeat"/>
/// </code>
/// </summary>
internal sealed class ApiLink : IClusterLink, IDisposable
{
    private static readonly ResourceKind Pods = KindRegistry.Of<Pod>();
    private static readonly ResourceKind Nodes = KindRegistry.Of<Node>();

    /// <summary>What is read ahead of the agent.</summary>
    private const int ReadAhead = 256;

    private readonly ApiCalls _api;
    private readonly Func<ResourceKind, string?, string?, Reflector> _reflect;
    private readonly NodeBeat _beat;
    private readonly NamedObjects _named;
    private readonly EventRecorder _events;
    private readonly OwnPods _pods;

    public ApiLink(
        ApiCalls api, NodeBeat beat, OwnPods pods, IIdSource ids, Random random, TimeProvider time,
        ILoggerFactory loggers)
    {
        (_api, _beat, _pods) = (api, beat, pods);
        var log = loggers.CreateLogger("ActorOrchestrator.Host.Remote");
        _reflect = (kind, scope, selector) => new Reflector(api, kind, scope, selector, random, time, log);
        _named = new NamedObjects((kind, scope, name) => _reflect(kind, scope, name is null ? null : Named(name)));
        _events = new EventRecorder(time, ids, StoreEventAsync, (to, message) => _ = CountEventAsync(message));
    }

    public async IAsyncEnumerable<Assignment> AssignmentsAsync(
        string nodeName, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var seen = Channel.CreateBounded<Seen>(ReadAhead);
        Task[] pumps =
        [
            PumpAsync(_reflect(Pods, null, $"spec.nodeName={nodeName}"), seen.Writer, ending.Token),
            PumpAsync(_reflect(Nodes, null, Named(nodeName)), seen.Writer, ending.Token),
        ];
        try
        {
            var machine = new AssignedPods(_pods);
            await foreach (var next in seen.Reader.ReadAllAsync(cancellation))
            {
                foreach (var told in machine.Take(next))
                {
                    if (machine.HasNewNames)
                    {
                        _named.Follow(_pods.All);
                    }

                    yield return told;
                }
            }
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(pumps).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public Task RegisterNodeAsync(Node node, CancellationToken cancellation) =>
        _beat.RegisterAsync(node, cancellation);

    public async ValueTask HeartbeatAsync(string nodeName, NodeStatus status, CancellationToken cancellation) =>
        await _beat.BeatAsync(status, cancellation);

    public async ValueTask<long> RenewLeaseAsync(
        string nodeName, TimeSpan term, CancellationToken cancellation)
    {
        var seconds = ((int)term.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var answer = await _api.SendAsync(
            HttpMethod.Post, OpenPaths.Lease, Encoding.ASCII.GetBytes(seconds), cancellation, "text/plain");
        return answer.IsDone
            ? long.Parse(answer.Body, NumberStyles.None, CultureInfo.InvariantCulture)
            : throw new IOException(answer.Refusal().Message);
    }

    public Task StopAsync(string nodeName, TimeProvider time, CancellationToken giveUp) => _beat.StopAsync(giveUp);

    public async ValueTask ReportPodStatusAsync(
        string @namespace, string name, string uid, PodStatus status, CancellationToken cancellation)
    {
        _pods.Reported(uid, status);
        var report = new Pod
        {
            Metadata = new ObjectMeta { Namespace = @namespace, Name = name, Uid = uid }, Status = status,
        };
        var answer = await _api.SendAsync(
            HttpMethod.Put, Reflector.PathOf(Pods, @namespace, name) + "/status", report, cancellation);
        Expect(answer, $"the status of {@namespace}/{name}");
    }

    public async ValueTask ReportPodStoppedAsync(
        string @namespace, string name, string uid, PodStatus finalStatus, CancellationToken cancellation)
    {
        await ReportPodStatusAsync(@namespace, name, uid, finalStatus, cancellation);
        var answer = await DeleteAsync(
            @namespace, name,
            new DeleteOptions { GracePeriodSeconds = 0, Preconditions = new Preconditions { Uid = uid } },
            cancellation);
        Expect(answer, $"the end of {@namespace}/{name}");
    }

    public async ValueTask<Status?> SendAsync(EntityKey to, Command command, CancellationToken cancellation)
    {
        var answer = command switch
        {
            Create { Object: Pod mirror } => await _api.SendAsync(
                HttpMethod.Post, Reflector.PathOf(Pods, to.Namespace), mirror, cancellation),
            Delete delete => await DeleteAsync(to.Namespace, to.Name, delete.Options, cancellation),
            _ => throw new InvalidOperationException($"an agent does not ask for {command.GetType().Name}"),
        };
        return answer.IsDone ? null : answer.Refusal();
    }

    public async ValueTask<T?> GetAsync<T>(string @namespace, string name, CancellationToken cancellation)
        where T : KubeObject
    {
        var kind = KindRegistry.Of<T>();
        var known = await _named.FindAsync(kind, @namespace, name, cancellation)
            ?? await _named.FindAsync(kind, @namespace, null, cancellation);
        if (known is not null)
        {
            return (T?)known.GetValueOrDefault(name);
        }

        var answer = await _api.SendAsync(
            HttpMethod.Get, Reflector.PathOf(kind, @namespace, name), null, cancellation);
        return answer.Code == HttpCode.NotFound ? null
            : answer.IsDone ? (T)KubeJson.ReadObject(answer.Body)
            : throw new IOException(answer.Refusal().Message);
    }

    public async ValueTask<IReadOnlyList<T>> ListAsync<T>(string @namespace, CancellationToken cancellation)
        where T : KubeObject
    {
        var known = await _named.FindAsync(KindRegistry.Of<T>(), @namespace, null, cancellation);
        return known is null ? [] : [.. known.Values.Cast<T>()];
    }

    public IAsyncEnumerable<KubeObject> ConfigurationChangesAsync(CancellationToken cancellation) =>
        _named.ChangesAsync(cancellation);

    public async IAsyncEnumerable<NodesSeen> NodesAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var seen in _reflect(Nodes, null, null).FollowAsync(cancellation))
        {
            yield return seen switch
            {
                Seen.All all => new NodesSeen.All([.. all.Objects.Cast<Node>()]),
                Seen.Changed changed => new NodesSeen.Changed((Node)changed.Object),
                Seen.Gone gone => new NodesSeen.Gone(gone.Object.Metadata.Name!),
                _ => throw new InvalidOperationException($"a watcher does not see {seen.GetType().Name}"),
            };
        }
    }

    public void RecordEvent(ObjectReference involved, string type, string reason, string message, string component) =>
        _events.Record(involved, type, reason, message, component);

    public void Dispose() => _named.End();

    private static string Named(string name) => $"metadata.name={name}";

    private static async Task PumpAsync(Reflector from, ChannelWriter<Seen> into, CancellationToken ending)
    {
        await foreach (var seen in from.FollowAsync(ending))
        {
            await into.WriteAsync(seen, ending);
        }
    }

    private Task<ApiAnswer> DeleteAsync(
        string @namespace, string name, DeleteOptions options, CancellationToken cancellation) => _api.SendAsync(
        HttpMethod.Delete, Reflector.PathOf(Pods, @namespace, name), options, cancellation);

    /// <summary>A pod that is gone, or has become another one, needs no report.</summary>
    private static void Expect(ApiAnswer answer, string what)
    {
        if (!answer.IsDone && answer.Code is not (HttpCode.NotFound or HttpCode.Conflict))
        {
            throw new IOException($"{what} was refused: {answer.Refusal().Message}");
        }
    }

    private async Task<bool> StoreEventAsync(Event told)
    {
        try
        {
            var path = Reflector.PathOf(KindRegistry.Of<Event>(), told.Metadata.Namespace);
            return (await _api.SendAsync(HttpMethod.Post, path, told, CancellationToken.None)).IsDone;
        }
        catch (ApiAwayException)
        {
            return false;
        }
    }

    private async Task CountEventAsync(Message message)
    {
        if (message is not Replace { Object: Event told })
        {
            return;
        }

        try
        {
            var path = Reflector.PathOf(KindRegistry.Of<Event>(), told.Metadata.Namespace, told.Metadata.Name);
            await _api.SendAsync(HttpMethod.Put, path, told, CancellationToken.None);
        }
        catch (ApiAwayException)
        {
            // Best effort: the next one has the count.
        }
    }
}
