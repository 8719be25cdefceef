using System.Text;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Simulator.Members;
using ActorOrchestrator.Simulator.Runs;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Workload;

/// <summary>Clients that write the same few ConfigMaps at the same time, each value once.</summary>
internal sealed class Rivals
{
    private const int RivalsCount = 3;
    private const int MapsCount = 2;

    private static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ThinkMost = TimeSpan.FromSeconds(2);
    private static readonly ResourceKind Maps = KindRegistry.Of<ConfigMap>();

    private readonly World _world;
    private readonly TimeSpan _writeEvery;
    private bool _isOver;

    /// <param name="world">The world that they write to.</param>
    /// <param name="pace">How much rarer they write than in a busy hour.</param>
    public Rivals(World world, double pace) => (_world, _writeEvery) = (world, pace * WriteEvery);

    public void Start()
    {
        for (var i = 1; i <= RivalsCount; i++)
        {
            var rival = new Rival(this, _world.NewClient($"rival-{i}"), _world.Dice($"rival/{i}"));
            rival.Start();
        }
    }

    public void Stop() => _isOver = true;

    private sealed class Rival(Rivals owner, Client client, Dice dice)
    {
        private int _written;

        public void Start() => client.Process.Start(RunAsync);

        private async Task RunAsync()
        {
            while (!owner._isOver)
            {
                await Task.Delay(dice.Exponential(owner._writeEvery), client.Process.Clock);
                var name = $"config-hot-{dice.Between(1, MapsCount)}";
                await WriteAsync(name, WorkloadContext.PathOf(Maps, "default", name));
            }
        }

        private Task WriteAsync(string name, string path) => dice.Below(8) switch
        {
            0 => client.SendAsync(new ApiCall("DELETE", path)),
            1 or 2 => client.SendAsync(new ApiCall("POST", WorkloadContext.PathOf(Maps, "default", null))
            {
                Body = KubeJson.Encode(Map(name)),
            }),
            3 => client.SendAsync(new ApiCall("PUT", path) { Body = KubeJson.Encode(Map(name)) }),
            4 => client.SendAsync(new ApiCall("PATCH", path)
            {
                Body = Encoding.UTF8.GetBytes($$$"""{"data":{"value":"{{{NextValue()}}}"}}"""),
                ContentType = "application/merge-patch+json",
            }),
            _ => ChangeAsync(path),
        };

        /// <summary>Reads, thinks, and writes over what it read.</summary>
        private async Task ChangeAsync(string path)
        {
            var answer = await client.SendAsync(new ApiCall("GET", path));
            if (!answer.IsOk)
            {
                return;
            }

            await Task.Delay(dice.Between(TimeSpan.Zero, ThinkMost), client.Process.Clock);
            var read = (ConfigMap)KubeJson.ReadObject(answer.Body.Span);
            await client.SendAsync(new ApiCall("PUT", path) { Body = KubeJson.Encode(read with { Data = Data() }) });
        }

        private ConfigMap Map(string name) => new()
        {
            Metadata = new ObjectMeta { Name = name, Namespace = "default" },
            Data = Data(),
        };

        private ValueMap<string> Data() => ValueMap<string>.From([KeyValuePair.Create("value", NextValue())]);

        private string NextValue() => $"{client.Name}-{++_written}";
    }
}
