using ActorOrchestrator.Simulator.Network;

namespace ActorOrchestrator.Simulator.Tests.Network;

public sealed class SimulatedStreamTests
{
    private readonly WiredHosts _hosts = new();
    private readonly SimulatedStream<int> _stream;
    private readonly List<int> _read = [];
    private string? _end;

    public SimulatedStreamTests()
    {
        _stream = new SimulatedStream<int>(_hosts.Network, _hosts.Server, _hosts.Client);
        _hosts.Client.Start(ReadAsync);
    }

    [Fact]
    public void What_is_written_arrives_in_order_though_messages_overtake_each_other()
    {
        _hosts.Weather = NetworkWeather.Fair with { LateChance = 0.5 };

        Write(0, 100);
        _stream.Complete();
        _hosts.Pass(5);

        Assert.Equal(Enumerable.Range(0, 100), _read);
        Assert.Equal("complete", _end);
        Assert.True(_stream.IsBroken);
    }

    [Fact]
    public void A_reader_that_was_frozen_reads_in_order_too()
    {
        _hosts.Client.Freeze();
        Write(0, 50);
        _hosts.Pass(5);
        Assert.Empty(_read);

        _hosts.Client.Thaw();
        Write(50, 50);
        _hosts.Pass(5);

        Assert.Equal(Enumerable.Range(0, 100), _read);
    }

    [Fact]
    public void A_writer_that_dies_resets_the_connection()
    {
        Write(0, 3);
        _hosts.Pass(1);

        _hosts.Server.Kill();
        _hosts.Pass(1);

        Assert.Equal([0, 1, 2], _read);
        Assert.Equal("connection reset", _end);
    }

    [Fact]
    public void A_reader_that_dies_is_noticed_by_the_writer()
    {
        var isTold = false;
        _stream.Broken += () => isTold = true;

        _hosts.Client.Kill();
        _hosts.Pass(1);

        Assert.True(_stream.IsBroken && isTold);
    }

    [Theory]
    [InlineData("client-host", "server-host")]
    [InlineData("server-host", "client-host")]
    public void A_cut_in_either_direction_is_noticed_after_a_while(string from, string to)
    {
        _hosts.Network.Cut(from, to);

        Write(0, 1);
        Assert.True(_stream.IsBroken);

        _hosts.Pass(14);
        Assert.Null(_end);

        _hosts.Pass(2);
        Assert.Equal("connection timed out", _end);
        Assert.Empty(_read);
    }

    private void Write(int first, int count) => _hosts.Server.Enter(() =>
    {
        foreach (var item in Enumerable.Range(first, count))
        {
            _stream.Write(item);
        }
    });

    private async Task ReadAsync()
    {
        try
        {
            while (await _stream.Arrived.WaitToReadAsync(CancellationToken.None))
            {
                while (_stream.Arrived.TryRead(out var item))
                {
                    _read.Add(item);
                }
            }

            _end = "complete";
        }
        catch (IOException broken)
        {
            _end = broken.Message;
        }
    }
}
