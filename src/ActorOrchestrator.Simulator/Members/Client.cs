using System.Text;
using ActorOrchestrator.Simulator.Runs;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Members;

/// <summary>Somebody who uses the cluster: each request and its outcome is told to the checks.</summary>
internal sealed class Client
{
    private readonly World _world;
    private readonly ApiClient _api;
    private readonly MemberChoice _members;
    private long _sent;

    public Client(World world, string name)
    {
        _world = world;
        Name = name;
        Process = world.NewProcess(name, name);
        _members = new MemberChoice(world.Control, world.Dice($"members/{name}"));
        _api = new ApiClient(world.Network, Process, _members);
    }

    public string Name { get; }

    public SimulatedProcess Process { get; }

    public ApiClient Api => _api;

    /// <summary>Whom it asks next.</summary>
    public ControlHost Server => _members.Host;

    public async Task<ApiAnswer> SendAsync(ApiCall call, Intent? intent = null)
    {
        var exchange = new Exchange(++_sent, Name, call, _world.Loop.Now, _world.Tables.Last)
        {
            Intent = intent, Server = _members.Host.Name,
        };
        _world.ForEachCheck(check => check.OnRequest(exchange));
        var answer = await _api.SendAsync(call);
        var ended = exchange with { Answer = answer, EndedAt = _world.Loop.Now };
        _world.Trace.Line("request", Name, $"{call} -> {Outcome(answer)}");
        _world.ForEachCheck(check => check.OnExchange(ended));
        return answer;
    }

    private static string Outcome(ApiAnswer answer) =>
        answer.Code == 0 ? $"lost: {Encoding.UTF8.GetString(answer.Body.Span)}" : answer.Code.ToString();
}
