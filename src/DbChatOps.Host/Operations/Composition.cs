using DbChatOps.Chat;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Desk;
using DbChatOps.Host.Engines.PostgreSql;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Slack;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;
using DbChatOps.Targets;

namespace DbChatOps.Host.Operations;

/// <summary>Puts the program together: the one place that knows every part.</summary>
public static class Composition
{
    /// <summary>The parts that decide and end access; enough for the command line.</summary>
    public static IServiceCollection AddFlow(this IServiceCollection services, SettingsSource settings, SqliteStore store, TimeProvider clock) => services
        .AddSingleton(clock)
        .AddSingleton(settings)
        .AddSingleton<Func<Rules>>(() => RulesOf(settings.Current))
        .AddSingleton(store.Ledger)
        .AddSingleton(store.Inbox)
        .AddSingleton(store.Agenda)
        .AddSingleton(store.Messages)
        .AddSingleton<ILoginEngine>(_ => new PostgreSqlLoginEngine(clock, settings.Current.Instance.Key, new PostgreSqlEngineOptions()))
        .AddSingleton<CatalogTurns>()
        .AddSingleton<FactGathering>()
        .AddSingleton<Decider>()
        .AddSingleton<Reconciler>()
        .AddSingleton<Surveys>()
        .AddSingleton<SelfCheck>()
        .AddSingleton<SessionWatch>();

    /// <summary>Chat, lanes and the pulse: what <c>serve</c> adds.</summary>
    public static IServiceCollection AddChat(this IServiceCollection services, SettingsSource settings) => services
        .AddSingleton(settings.Current.Slack)
        .AddSingleton(provider => new SlackWebApi(
            SlackWebApi.CreateClient(),
            settings.Current.Slack,
            () => settings.Current.Slack.BotToken,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SlackWebApi>>()))
        .AddSingleton<SlackPlatform>()
        .AddSingleton<IChatPlatform>(provider => provider.GetRequiredService<SlackPlatform>())
        .AddSingleton<IDirectory>(provider => new SlackDirectory(
            provider.GetRequiredService<SlackWebApi>(), settings.Current.Slack, Humans(settings.Current), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<PeopleWatch>()
        .AddSingleton<AccessLookup>()
        .AddSingleton<AccessDesk>()
        .AddSingleton<PressDesk>()
        .AddSingleton<SubmissionDesk>()
        .AddSingleton<FrontDesk>()
        .AddSingleton<IDeliveryHandler>(provider => provider.GetRequiredService<FrontDesk>())
        .AddSingleton<SlackDoorway>()
        .AddSingleton<Cards>()
        .AddSingleton<ILaneWorker, EngineLane>()
        .AddSingleton<ILaneWorker, HandOverLane>()
        .AddSingleton<ILaneWorker, DispatchLane>()
        .AddSingleton<ILaneWorker, ChatLane>()
        .AddSingleton<ILaneWorker>(provider => new AlertLane(
            provider.GetRequiredService<ILedger>(),
            new HttpClient { Timeout = TimeSpan.FromSeconds(10) },
            () => settings.Current.AlertWebhookUrl,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<AlertLane>>()))
        .AddSingleton<Agenda>()
        .AddSingleton<Pulse>();

    public static Rules RulesOf(Settings settings) => new()
    {
        Policies = settings.Policies,
        Targets = settings.Targets,
        ApprovalChannel = settings.Slack.ApprovalChannel ?? "",
        SecurityGroups = settings.Security.CutOffGroups,
        DatabaseCommand = settings.Slack.DatabaseCommand,
    };

    private static Dictionary<PersonId, string> Humans(Settings settings) => settings.Policies.People.Linked
        .SelectMany(human => human.Identities.Select(identity => (identity, human.Key)))
        .ToDictionary(pair => pair.identity, pair => pair.Key);
}
