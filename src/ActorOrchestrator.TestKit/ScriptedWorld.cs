using System.Text;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Simulator.Checks;
using ActorOrchestrator.Simulator.Log;
using ActorOrchestrator.Simulator.Machines;
using ActorOrchestrator.Simulator.Members;
using ActorOrchestrator.Simulator.Network;
using ActorOrchestrator.Simulator.Runs;
using ActorOrchestrator.Simulator.Workload;

namespace ActorOrchestrator.TestKit;

/// <summary>
/// A whole cluster for a test: the real control plane, gateway and agents on virtual time, doing what the test says and
/// nothing by chance. Every call returns when what it asks for is done; virtual time passes in <see cref="Pass"/>,
/// <see cref="Until"/> and while a request is under way, and never otherwise. All guarantees are checked
/// meanwhile.
/// </summary>
public sealed partial class ScriptedWorld : IDisposable
{
    /// <summary>Longer than a client waits for an answer.</summary>
    private static readonly TimeSpan AnswerMax = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan StartMax = TimeSpan.FromMinutes(1);

    private readonly VirtualTime _time;
    private readonly Client _user;

    /// <summary>A control plane that serves, and no machine yet.</summary>
    /// <param name="seed">What delays, names and ids are drawn from.</param>
    /// <param name="trace">Where the trace goes, if anywhere.</param>
    public ScriptedWorld(ulong seed = 1, TextWriter? trace = null)
    {
        World = new World(seed, TimeSpan.Zero, new Trace(trace));
        var loggers = (TraceLoggers)World.Loggers;
        _time = new VirtualTime(World.Loop, () => World.Broken ?? VirtualTime.Defect(loggers));
        foreach (var check in CheckList.All())
        {
            World.Add(check);
        }

        _user = World.NewClient("user-1");
        World.Calm.Start();
        World.Control.Start();
        Until("the control plane", () => World.Control.IsServing ? null : "not serving", StartMax);
    }

    internal World World { get; }

    public DateTimeOffset Now => World.Loop.Now;

    /// <summary>Virtual time since the world began.</summary>
    public TimeSpan Elapsed => World.Loop.Elapsed;

    public LogWeather LogWeather
    {
        get => World.LogWeather;
        set => World.LogWeather = value;
    }

    public NetworkWeather NetworkWeather
    {
        get => World.NetworkWeather;
        set => World.NetworkWeather = value;
    }

    public RuntimeWeather RuntimeWeather
    {
        get => World.RuntimeWeather;
        set => World.RuntimeWeather = value;
    }

    /// <summary>What images do.</summary>
    public ImageCatalogue Images => World.Images;

    /// <summary>The object as the durable log has it; null when there is none.</summary>
    public T? Find<T>(string? @namespace, string name) where T : KubeObject => World.Truth.Find<T>(@namespace, name);

    /// <summary>All of a kind as the durable log has them, by namespace and name.</summary>
    public IReadOnlyList<T> All<T>() where T : KubeObject => [.. World.Truth.All<T>()];

    /// <summary>Sends a request as a user, and waits for its answer.</summary>
    public ApiAnswer Send(ApiCall call)
    {
        ApiAnswer? answer = null;
        _user.Process.Start(async () => answer = await _user.SendAsync(call));
        _time.RunUntil(Now + AnswerMax, () => answer is not null);
        return answer ?? throw new TestKitException($"{call} was not answered within {AnswerMax.TotalSeconds:0} s");
    }

    /// <summary>Creates every object of a text of YAML documents or of one JSON object.</summary>
    /// <exception cref="TestKitException">One of them was refused.</exception>
    public void Create(string yaml, string @namespace = "default")
    {
        foreach (var json in KubeYaml.ToJson(yaml))
        {
            var value = KubeJson.ReadObject(json);
            var path = WorkloadContext.PathOf(
                KindRegistry.Of(value), value.Metadata.Namespace ?? @namespace, name: null);
            Accepted(new ApiCall("POST", path) { Body = json });
        }
    }

    /// <summary>Changes an object by a merge patch (RFC 7386).</summary>
    /// <exception cref="TestKitException">It was refused.</exception>
    public void Patch<T>(string? @namespace, string name, string patch) where T : KubeObject =>
        Accepted(new ApiCall("PATCH", WorkloadContext.PathOf(KindRegistry.Of<T>(), @namespace, name))
        {
            Body = Encoding.UTF8.GetBytes(patch),
            ContentType = "application/merge-patch+json",
        });

    /// <summary>Asks for an object's deletion, which may take longer.</summary>
    /// <exception cref="TestKitException">It was refused.</exception>
    public void Delete<T>(string? @namespace, string name, string options = "{}") where T : KubeObject =>
        Accepted(new ApiCall("DELETE", WorkloadContext.PathOf(KindRegistry.Of<T>(), @namespace, name))
        {
            Body = Encoding.UTF8.GetBytes(options),
        });

    /// <summary>Lets virtual time pass.</summary>
    public void Pass(TimeSpan span) => _time.Pass(span);

    /// <summary>Lets virtual time pass until nothing stands in the way.</summary>
    /// <param name="what">What is waited for.</param>
    /// <param name="obstacle">Says how it stands instead; null when it has come.</param>
    /// <param name="within">The longest to wait.</param>
    /// <exception cref="TestKitException">It did not come in time.</exception>
    public void Until(string what, Func<string?> obstacle, TimeSpan within)
    {
        if (Obstacle(obstacle, within) is { } left)
        {
            throw new TestKitException($"waits for {what}: not within {within.TotalSeconds:0.###} s; it is {left}");
        }
    }

    public void Dispose() => World.Dispose();

    /// <returns>What still stands in the way after the time; null when all is well.</returns>
    internal string? Obstacle(Func<string?> obstacle, TimeSpan within) => _time.Obstacle(obstacle, within);

    private void Accepted(ApiCall call)
    {
        var answer = Send(call);
        if (!answer.IsOk)
        {
            throw new TestKitException($"{call} was answered with {answer.Code}: {answer.Text}");
        }
    }
}
