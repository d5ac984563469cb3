using DbChatOps.Chat;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Desk;
using DbChatOps.Host.Engines.PostgreSql;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Operations.Alerts;
using DbChatOps.Host.Operations.CommandLine;
using DbChatOps.Host.Operations.EndingOnly;
using DbChatOps.Host.Slack;
using DbChatOps.Host.Slack.Socket;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;
using DbChatOps.Targets;

namespace DbChatOps.Host.Operations;

/// <summary>Puts the program together: the one place that knows every part.</summary>
public static class Composition
{
    /// <summary>The parts that decide and end access; enough for the command line.</summary>
    public static IServiceCollection AddFlow(this IServiceCollection services, SettingsSource settings, SqliteStore store, TimeProvider clock) => services
        .AddEnding(settings, clock)
        .AddSingleton<Func<Rules>>(() => RulesOf(settings.Current, store))
        .AddSingleton(store)
        .AddSingleton(store.Ledger)
        .AddSingleton(store.Inbox)
        .AddSingleton(store.Agenda)
        .AddSingleton(store.Messages)
        .AddSingleton(store.Homes)
        .AddSingleton<FactGathering>()
        .AddSingleton<Decider>()
        .AddSingleton<Alarms>()
        .AddSingleton<RestoreWatch>()
        .AddSingleton<UnclaimedEndings>()
        .AddSingleton<Reconciler>()
        .AddSingleton(HeldConnections.Beside)
        .AddSingleton<Surveys>()
        .AddSingleton<SelfCheck>()
        .AddSingleton(provider => new SightingNote(settings.Current.Store.Path, provider.GetRequiredService<ILogger<SightingNote>>()))
        .AddSingleton<Sightings>()
        .AddSingleton<SessionWatch>()
        .AddSingleton<CuttingOff>()
        .AddSingleton<PeopleWatch>()
        .AddSingleton<OperatorRevocation>()
        .AddSingleton<OperatorConfirmation>()
        .AddSingleton<OperatorDesk>()
        .AddSingleton<Reload>();

    /// <summary>The parts that end access without a ledger.</summary>
    public static IServiceCollection AddEnding(this IServiceCollection services, SettingsSource settings, TimeProvider clock) => services
        .AddSingleton(SteadyClock.Over(clock))
        .AddSingleton<TimeProvider>(provider => provider.GetRequiredService<SteadyClock>())
        .AddSingleton(settings)
        .AddSingleton<ILoginEngine>(provider => new PostgreSqlLoginEngine(provider.GetRequiredService<TimeProvider>(), settings.Current.Instance.Key, new PostgreSqlEngineOptions(),
            provider.GetRequiredService<ILogger<PostgreSqlLoginEngine>>()))
        .AddSingleton<CatalogTurns>()
        .AddSingleton<Health>()
        .AddSingleton(_ => new AlertPost(AlertPost.CreateClient(), () => AlertsOf(settings.Current)))
        .AddSingleton(provider => new Spool(settings.Current.Store.Path, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<Spool>>()))
        .AddSingleton<EndExpired>();

    /// <summary>Chat, lanes and the pulse: what <c>serve</c> adds.</summary>
    public static IServiceCollection AddChat(this IServiceCollection services, SettingsSource settings) => services
        .AddSingleton(settings.Current.Slack)
        .AddSingleton(provider => new SlackWebApi(
            SlackWebApi.CreateClient(),
            settings.Current.Slack,
            () => settings.Current.Slack.BotToken,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SlackWebApi>>()))
        .AddSingleton<ChannelPace>()
        .AddSingleton<SlackPlatform>()
        .AddSingleton<IChatPlatform>(provider => provider.GetRequiredService<SlackPlatform>())
        .AddSingleton<IDirectory>(provider => new SlackDirectory(
            provider.GetRequiredService<SlackWebApi>(), settings.Current.Slack, Humans(settings.Current), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<Identification>()
        .AddSingleton<AccessLookup>()
        .AddSingleton<RevokeDesk>()
        .AddSingleton<AskDesk>()
        .AddSingleton<PickDesk>()
        .AddSingleton<ReviewSight>()
        .AddSingleton<AccessDesk>()
        .AddSingleton<DialogInTime>()
        .AddSingleton<Turns>()
        .AddSingleton<Backlog>()
        .AddSingleton<Pointers>()
        .AddSingleton<AnswerInTime>()
        .AddSingleton<PressDesk>()
        .AddSingleton<SubmissionDesk>()
        .AddSingleton<OpeningDesk>()
        .AddSingleton<FrontDesk>()
        .AddSingleton<NewsDesk>()
        .AddSingleton<IDeliveryHandler>(provider => provider.GetRequiredService<NewsDesk>())
        .AddSingleton<SlackReception>()
        .AddSingleton<SlackDoorway>()
        .AddSingleton<WayIn>()
        .AddSingleton<SocketPacing>()
        .AddSingleton<SocketMode>()
        .AddSingleton<Cards>()
        .AddSingleton<ClosedChannels>()
        .AddSingleton<TokenWatch>()
        .AddSingleton<ILaneWorker, EngineLane>()
        .AddSingleton<ILaneWorker, HandOverLane>()
        .AddSingleton<ILaneWorker, DispatchLane>()
        .AddSingleton<ILaneWorker, ChatLane>()
        .AddSingleton<HomeLane>()
        .AddSingleton<ILaneWorker>(provider => provider.GetRequiredService<HomeLane>())
        .AddSingleton<ILaneWorker, AlertLane>()
        .AddSingleton<Agenda>()
        .AddSingleton<Pulse>();

    /// <summary>Null when alerts stay in chat.</summary>
    public static AlertAddress? AlertsOf(Settings settings) =>
        settings.AlertWebhookUrl is { } url ? new AlertAddress { Url = url, RoutingKey = settings.AlertRoutingKey } : null;

    /// <summary>Refuses everything but endings while the store cannot be written.</summary>
    public static Rules RulesOf(Settings settings, SqliteStore store) => RulesOf(settings) with { EndingOnlyBecause = store.Trouble?.Message.TrimEnd('.') };

    public static Rules RulesOf(Settings settings) => new()
    {
        Policies = settings.Policies,
        Targets = settings.Targets,
        ApprovalChannel = settings.Slack.ApprovalChannel ?? "",
        AuditChannel = settings.Slack.AuditChannel ?? settings.Slack.ApprovalChannel ?? "",
        SecurityGroups = settings.Security.CutOffGroups,
        StrippedStopsGrantsFor = settings.Security.StrippedStopsGrantsFor,
    };

    private static Dictionary<PersonId, string> Humans(Settings settings) => settings.Policies.People.Linked
        .SelectMany(human => human.Identities.Select(identity => (identity, human.Key)))
        .ToDictionary(pair => pair.identity, pair => pair.Key);
}
